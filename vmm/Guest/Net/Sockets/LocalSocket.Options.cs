using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>getsockopt and setsockopt of an AF_UNIX socket.</summary>
internal sealed partial class LocalSocket
{
    private const int SocketLevel = 1;
    private const int ReuseAddress = 2;
    private const int TypeOption = 3;
    private const int ErrorOption = 4;
    private const int SendBuffer = 7;
    private const int ReceiveBuffer = 8;
    private const int KeepAlive = 9;
    private const int PassCredentials = 16;
    private const int PeerCredentials = 17;
    private const int ReceiveTimeoutOption = 20;
    private const int SendTimeoutOption = 21;
    private const int AcceptsConnections = 30;
    private const int ProtocolOption = 38;
    private const int DomainOption = 39;

    private bool PassesCredentials =>
        Remembered.TryGetValue((SocketLevel, PassCredentials), out int on) && on != 0;

    public override int GetOption(int level, int name, Span<byte> value, out int length)
    {
        length = sizeof(int);
        if (level != SocketLevel)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (name is ReceiveTimeoutOption or SendTimeoutOption)
        {
            return WriteTime(
                value, name == ReceiveTimeoutOption ? ReceiveTimeout : SendTimeout, out length);
        }

        if (name == PeerCredentials)
        {
            byte[] credentials = Credentials(_peerProcessId);
            length = Math.Min(value.Length, credentials.Length);
            credentials.AsSpan(0, length).CopyTo(value);
            return 0;
        }

        int? number = name switch
        {
            TypeOption => Type,
            ErrorOption => TakeError(),
            SendBuffer or ReceiveBuffer => BufferBytes,
            DomainOption => Family,
            ProtocolOption => 0,
            AcceptsConnections => _isListening ? 1 : 0,
            _ when Remembered.TryGetValue((level, name), out int known) => known,
            _ when IsRemembered(name) => SocketOptionList.InitialOf(name),
            _ => null,
        };
        if (number is not { } found)
        {
            return -Errno.ENOPROTOOPT;
        }

        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, found);
        bytes[..Math.Min(value.Length, sizeof(int))].CopyTo(value);
        return 0;
    }

    public override int SetOption(int level, int name, ReadOnlySpan<byte> value)
    {
        if (level != SocketLevel)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (value.Length < sizeof(int))
        {
            return -Errno.EINVAL;
        }

        if (name is ReceiveTimeoutOption or SendTimeoutOption)
        {
            return SetTimeout(value, name == ReceiveTimeoutOption);
        }

        if (name is SendBuffer or ReceiveBuffer)
        {
            return 0;
        }

        if (!IsRemembered(name))
        {
            return -Errno.ENOPROTOOPT;
        }

        int number = BinaryPrimitives.ReadInt32LittleEndian(value);
        bool isSwitch = name is ReuseAddress or KeepAlive or PassCredentials;
        Remembered[(level, name)] = isSwitch && number != 0 ? 1 : number;
        return 0;
    }

    /// <summary><c>struct ucred</c>.</summary>
    public static byte[] Credentials(int processId)
    {
        byte[] credentials = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(credentials, processId);
        BinaryPrimitives.WriteInt32LittleEndian(credentials.AsSpan(4), GuestIdentity.UserId);
        BinaryPrimitives.WriteInt32LittleEndian(credentials.AsSpan(8), GuestIdentity.GroupId);
        return credentials;
    }

    private static bool IsRemembered(int name) =>
        name is ReuseAddress or KeepAlive or PassCredentials
        || SocketOptionList.IsRemembered(SocketLevel, name);
}
