using static Dilaton.Guest.TerminalFlags;

namespace Dilaton.Guest;

/// <summary>Packet mode of a pseudoterminal's master (TIOCPKT): reads begin with a byte that tells
/// of changes.</summary>
internal sealed class PacketMode
{
    public const byte FlushRead = 1;
    public const byte FlushWrite = 2;
    public const byte Stop = 4;
    public const byte Start = 8;
    public const byte NoStop = 16;
    public const byte DoStop = 32;

    private const byte StandardStart = 0x11;
    private const byte StandardStop = 0x13;

    public bool IsOn { get; private set; }

    /// <summary>Not read yet.</summary>
    public byte Status { get; private set; }

    /// <summary>^S and ^Q stop output and let it go on.</summary>
    public static bool HasStandardFlow(TerminalSettings settings) =>
        settings.HasInput(IXON)
        && settings.ControlCharacter(VSTOP) == StandardStop
        && settings.ControlCharacter(VSTART) == StandardStart;

    public void Switch(bool isOn)
    {
        Status = isOn && !IsOn ? (byte)0 : Status;
        IsOn = isOn;
    }

    /// <param name="no">What is not so any more.</param>
    public void Tell(byte what, byte no) => Status = (byte)((Status & ~no) | what);

    public bool TryTake(out byte status)
    {
        (status, Status) = (Status, 0);
        return status != 0;
    }
}
