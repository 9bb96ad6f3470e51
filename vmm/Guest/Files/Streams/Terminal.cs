using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>The settings of the guest's terminal. They are kept and given back, and change nothing
/// of the host's.</summary>
internal sealed class Terminal
{
    public const uint GetAttributes = 0x5401;
    public const uint SetAttributesNow = 0x5402;
    public const uint SetAttributesFlush = 0x5404;
    public const uint GetProcessGroup = 0x540f;
    public const uint SetProcessGroup = 0x5410;
    public const uint GetWindowSize = 0x5413;
    public const uint SetWindowSize = 0x5414;
    public const uint GetSession = 0x5429;

    private const int AttributesSizeBytes = 36;

    private readonly byte[] _attributes = new byte[AttributesSizeBytes];
    private readonly byte[] _windowSize = new byte[8];

    public Terminal(TerminalOptions options)
    {
        // The kernel's defaults for a fresh pseudoterminal (tty_std_termios).
        BinaryPrimitives.WriteUInt32LittleEndian(_attributes, 0x500);
        BinaryPrimitives.WriteUInt32LittleEndian(_attributes.AsSpan(4), 0x5);
        BinaryPrimitives.WriteUInt32LittleEndian(_attributes.AsSpan(8), 0xbf);
        BinaryPrimitives.WriteUInt32LittleEndian(_attributes.AsSpan(12), 0x8a3b);
        ReadOnlySpan<byte> controls =
            [3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0xf, 0x17, 0x16];
        controls.CopyTo(_attributes.AsSpan(17));
        BinaryPrimitives.WriteUInt16LittleEndian(_windowSize, options.Rows);
        BinaryPrimitives.WriteUInt16LittleEndian(_windowSize.AsSpan(2), options.Columns);
    }

    public long Control(SystemCallContext call, uint request, ulong argument)
    {
        Span<byte> attributes = stackalloc byte[AttributesSizeBytes];
        switch (request)
        {
            case GetAttributes:
                return call.Memory.TryWrite(argument, _attributes) ? 0 : -Errno.EFAULT;
            case >= SetAttributesNow and <= SetAttributesFlush:
                if (!call.Memory.TryRead(argument, attributes))
                {
                    return -Errno.EFAULT;
                }

                attributes.CopyTo(_attributes);
                return 0;
            case GetWindowSize:
                return call.Memory.TryWrite(argument, _windowSize) ? 0 : -Errno.EFAULT;
            case SetWindowSize:
                return call.Memory.TryRead(argument, _windowSize.AsSpan()) ? 0 : -Errno.EFAULT;
            case GetProcessGroup or GetSession:
                return call.Memory.TryWrite(argument, call.ProcessId) ? 0 : -Errno.EFAULT;
            case SetProcessGroup:
                return 0;
            default:
                return -Errno.ENOTTY;
        }
    }
}
