using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What all AF_INET sockets share: options and ioctl requests of socket(7) and ip(7).
/// </summary>
internal abstract class InternetSocket(
    SocketInode inode, int type, int protocol, NetworkStack stack)
    : SocketFile(inode, SocketNumbers.AF_INET, type, protocol)
{
    protected const int SocketLevel = 1;
    protected const int IpLevel = 0;

    private const int ReuseAddress = 2;
    private const int TypeOption = 3;
    private const int ErrorOption = 4;
    private const int Broadcast = 6;
    private const int SendBuffer = 7;
    private const int ReceiveBuffer = 8;
    private const int KeepAlive = 9;
    private const int Linger = 13;
    private const int ReceiveTime = 20;
    private const int SendTime = 21;
    private const int AcceptsConnections = 30;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;
    private const int ProtocolOption = 38;
    private const int DomainOption = 39;
    private const int ReceiveTimeNew = 66;
    private const int SendTimeNew = 67;

    private const int TypeOfServiceOption = 1;
    private const int TimeToLiveOption = 2;

    /// <summary>net.core.rmem_max and wmem_max of the emulated machine.</summary>
    public const int BufferBytesMax = 4 << 20;

    private const int BufferBytesMin = 2304;

    protected NetworkStack Stack { get; } = stack;

    protected abstract bool IsAddressReused { get; set; }

    /// <summary>As SO_SNDBUF and SO_RCVBUF tell it: twice what was set, as in Linux.</summary>
    protected abstract int SendBufferBytes { get; set; }

    protected abstract int ReceiveBufferBytes { get; set; }

    protected abstract byte TimeToLive { get; set; }

    protected abstract byte TypeOfService { get; set; }

    protected virtual bool MayBroadcast { get; set; }

    protected virtual bool IsKeptAlive { get; set; }

    /// <summary>On or off, and seconds.</summary>
    protected virtual (bool IsOn, int Seconds) Lingering { get; set; }

    public override int GetOption(int level, int name, Span<byte> value, out int length)
    {
        length = sizeof(int);
        if (level == SocketLevel)
        {
            return GetSocketOption(name, value, out length);
        }

        int? found = level == IpLevel ? GetIpOption(name) : null;
        found ??= Remembered.TryGetValue((level, name), out int known) ? known : null;
        found ??= SocketOptionList.IsRemembered(level, name) ? 0 : null;
        return found is { } number ? WriteInt(value, number) : -Errno.ENOPROTOOPT;
    }

    public override int SetOption(int level, int name, ReadOnlySpan<byte> value)
    {
        if (level == SocketLevel)
        {
            return SetSocketOption(name, value);
        }

        // Options of ip(7) may be given as one byte.
        int number = value.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(value)
            : value.Length > 0 ? value[0] : 0;
        if (value.IsEmpty)
        {
            return -Errno.EINVAL;
        }

        return level == IpLevel ? SetIpOption(name, number) : Remember(level, name, number);
    }

    public override long Control(SystemCallContext call, uint request, ulong argument) =>
        InterfaceControl.Perform(Stack, call, request, argument);

    /// <summary>Keeps an option that is known to change nothing here.</summary>
    protected int Remember(int level, int name, int number)
    {
        if (!SocketOptionList.IsRemembered(level, name))
        {
            return -Errno.ENOPROTOOPT;
        }

        Remembered[(level, name)] = number;
        return 0;
    }

    protected static int WriteInt(Span<byte> value, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        bytes[..Math.Min(value.Length, sizeof(int))].CopyTo(value);
        return 0;
    }

    private int GetSocketOption(int name, Span<byte> value, out int length)
    {
        length = sizeof(int);
        switch (name)
        {
            case ReceiveTime or ReceiveTimeNew:
                return WriteTime(value, ReceiveTimeout, out length);
            case SendTime or SendTimeNew:
                return WriteTime(value, SendTimeout, out length);
            case Linger:
                Span<byte> pair = stackalloc byte[8];
                BinaryPrimitives.WriteInt32LittleEndian(pair, Lingering.IsOn ? 1 : 0);
                BinaryPrimitives.WriteInt32LittleEndian(pair[4..], Lingering.Seconds);
                length = 8;
                pair[..Math.Min(8, value.Length)].CopyTo(value);
                return 0;
        }

        int? number = name switch
        {
            ReuseAddress => IsAddressReused ? 1 : 0,
            TypeOption => Type,
            ErrorOption => TakeError(),
            Broadcast => MayBroadcast ? 1 : 0,
            SendBuffer => SendBufferBytes,
            ReceiveBuffer => ReceiveBufferBytes,
            KeepAlive => IsKeptAlive ? 1 : 0,
            AcceptsConnections => IsListening ? 1 : 0,
            ProtocolOption => Protocol,
            DomainOption => Family,
            _ when Remembered.TryGetValue((SocketLevel, name), out int known) => known,
            _ when SocketOptionList.IsRemembered(SocketLevel, name) =>
                SocketOptionList.InitialOf(name),
            _ => null,
        };
        return number is { } found ? WriteInt(value, found) : -Errno.ENOPROTOOPT;
    }

    private int SetSocketOption(int name, ReadOnlySpan<byte> value)
    {
        if (name is ReceiveTime or ReceiveTimeNew or SendTime or SendTimeNew)
        {
            return SetTimeout(value, name is ReceiveTime or ReceiveTimeNew);
        }

        if (value.Length < sizeof(int))
        {
            return -Errno.EINVAL;
        }

        int number = BinaryPrimitives.ReadInt32LittleEndian(value);
        switch (name)
        {
            case ReuseAddress:
                IsAddressReused = number != 0;
                return 0;
            case Broadcast:
                MayBroadcast = number != 0;
                return 0;
            case KeepAlive:
                IsKeptAlive = number != 0;
                return 0;
            case SendBuffer or SendBufferForce:
                SendBufferBytes = Double(number);
                return 0;
            case ReceiveBuffer or ReceiveBufferForce:
                ReceiveBufferBytes = Double(number);
                return 0;
            case Linger when value.Length < 8:
                return -Errno.EINVAL;
            case Linger:
                Lingering = (number != 0, BinaryPrimitives.ReadInt32LittleEndian(value[4..]));
                return 0;
            default:
                return Remember(SocketLevel, name, number);
        }
    }

    private static int Double(int bytes) =>
        Math.Max(2 * Math.Clamp(bytes, 0, BufferBytesMax), BufferBytesMin);

    private int? GetIpOption(int name) => name switch
    {
        TypeOfServiceOption => TypeOfService,
        TimeToLiveOption => TimeToLive,
        _ => null,
    };

    private int SetIpOption(int name, int number)
    {
        switch (name)
        {
            case TypeOfServiceOption:
                TypeOfService = (byte)number;
                return 0;
            case TimeToLiveOption when number is -1 or (>= 1 and <= 255):
                TimeToLive = number == -1 ? Ipv4Header.InitialTimeToLive : (byte)number;
                return 0;
            case TimeToLiveOption:
                return -Errno.EINVAL;
            default:
                return Remember(IpLevel, name, number);
        }
    }
}
