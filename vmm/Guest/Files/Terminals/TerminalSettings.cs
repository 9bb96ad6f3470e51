using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>The settings of a terminal, as <c>struct termios</c> and <c>struct termios2</c> hold
/// them.</summary>
internal sealed class TerminalSettings
{
    public const int SizeBytes = 36;
    public const int ExtendedSizeBytes = 44;

    private const int ControlsAt = 17;
    private const int ControlCount = 19;
    private const uint SpeedMask = 0x100f;
    private const uint SpeedExtended = 0x1000;
    private const uint InputSpeedMask = SpeedMask << 16;

    /// <summary>CSIZE and PARENB, which a pseudoterminal has fixed, and CS8 | CREAD.</summary>
    private const uint FixedControlMask = 0x30 | 0x100;
    private const uint FixedControl = 0x30 | 0x80;

    /// <summary>Baud of B0 to B38400, and from BOTHER + 1 on of B57600 to B4000000.</summary>
    private static readonly uint[] s_speeds =
    [
        0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400,
    ];

    private static readonly uint[] s_extendedSpeeds =
    [
        57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000,
        2500000, 3000000, 3500000, 4000000,
    ];

    private readonly byte[] _controls = new byte[ControlCount];

    /// <summary>The kernel's for a fresh pseudoterminal (tty_std_termios, pty.c).</summary>
    public TerminalSettings()
    {
        (Input, Output, Control, Local) = (0x500, 0x5, 0xbf, 0x8a3b);
        ReadOnlySpan<byte> controls =
            [3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0xf, 0x17, 0x16];
        controls.CopyTo(_controls);
        (InputBaud, OutputBaud) = (38400, 38400);
    }

    public uint Input { get; private set; }

    public uint Output { get; private set; }

    public uint Control { get; private set; }

    public uint Local { get; private set; }

    public byte Discipline { get; private set; }

    public uint InputBaud { get; private set; }

    public uint OutputBaud { get; private set; }

    public bool IsCanonical => HasLocal(TerminalFlags.ICANON);

    public bool Echoes => HasLocal(TerminalFlags.ECHO);

    public bool HasInput(uint flag) => (Input & flag) != 0;

    public bool HasOutput(uint flag) => (Output & flag) != 0;

    public bool HasLocal(uint flag) => (Local & flag) != 0;

    public byte ControlCharacter(int place) => _controls[place];

    /// <summary>A character that is switched off (0) is none.</summary>
    public bool Is(byte character, int place) =>
        character != 0 && _controls[place] == character;

    /// <summary>Takes over what a program set.</summary>
    /// <param name="bytes">Of one of the two structures.</param>
    public void Parse(ReadOnlySpan<byte> bytes)
    {
        Input = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        Output = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint control = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        Control = (control & ~FixedControlMask) | FixedControl;
        Local = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        Discipline = bytes[16];
        bytes.Slice(ControlsAt, ControlCount).CopyTo(_controls);
        bool hasSpeeds = bytes.Length >= ExtendedSizeBytes;
        OutputBaud = Baud(
            Control & SpeedMask,
            hasSpeeds ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]) : OutputBaud);
        uint input = (Control & InputSpeedMask) >> 16;
        InputBaud = input == 0 ? OutputBaud : Baud(
            input, hasSpeeds ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]) : InputBaud);
    }

    /// <param name="bytes">As long as one of the two structures.</param>
    public void Format(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Input);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Output);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Control);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Local);
        bytes[16] = Discipline;
        _controls.CopyTo(bytes[ControlsAt..]);
        if (bytes.Length >= ExtendedSizeBytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], InputBaud);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], OutputBaud);
        }
    }

    private static uint Baud(uint code, uint given) =>
        code == SpeedExtended ? given
        : code < s_speeds.Length ? s_speeds[code]
        : s_extendedSpeeds[code - SpeedExtended - 1];
}
