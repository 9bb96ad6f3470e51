using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>An AF_UNIX socket (unix(7)), as socketpair(2) makes them: joined to another one, and
/// without a name.</summary>
internal sealed class LocalSocket(SocketInode inode, int type)
    : SocketFile(inode, SocketNumbers.AF_UNIX, type, 0)
{
    private const int BufferBytes = 212_992;
    private const int MessageBytesMax = BufferBytes - 32;

    /// <summary>What the kernel keeps beside each message.</summary>
    private const int OverheadBytes = 768;

    private const uint BytesReadable = 0x541b;
    private const int SocketLevel = 1;

    private readonly ReadySource _readReady = new();
    private readonly ReadySource _writeReady = new();
    private readonly ByteQueue _bytes = new();
    private readonly Queue<byte[]> _messages = new();
    private LocalSocket? _peer;
    private bool _wasJoined;
    private int _charge;
    private bool _isReceivingShut;
    private bool _isSendingShut;

    public override bool IsMessageBased => Type != SocketNumbers.SOCK_STREAM;

    public override ReadySource? ReadReady => _readReady;

    public override ReadySource? WriteReady => _writeReady;

    private bool HasInput => _bytes.Count > 0 || _messages.Count > 0;

    /// <summary>Room for what the peer sends; a message is taken if there is any.</summary>
    private int RoomBytes => Math.Max(0, BufferBytes - _charge);

    /// <summary>A datagram socket does not end when its peer does.</summary>
    private bool IsAtEnd => _isReceivingShut
        || (Type != SocketNumbers.SOCK_DGRAM && (_peer is null || _peer._isSendingShut));

    public static void Join(LocalSocket one, LocalSocket other)
    {
        (one._peer, other._peer) = (other, one);
        (one._wasJoined, other._wasJoined) = (true, true);
    }

    public override int Bind(ReadOnlySpan<byte> address) => -Errno.EOPNOTSUPP;

    /// <summary>No socket has a name: a path leads nowhere, an abstract name is nobody's.
    /// </summary>
    public override int Connect(ReadOnlySpan<byte> address) =>
        InternetSocketAddress.FamilyOf(address) != SocketNumbers.AF_UNIX ? -Errno.EINVAL
        : address.Length > 2 && address[2] != 0 ? -Errno.ENOENT
        : -Errno.ECONNREFUSED;

    public override int Shutdown(int how)
    {
        if (_peer is null)
        {
            return -Errno.ENOTCONN;
        }

        _isReceivingShut |= how != SocketNumbers.SHUT_WR;
        _isSendingShut |= how != SocketNumbers.SHUT_RD;
        SignalAll();
        _peer.SignalAll();
        return 0;
    }

    public override byte[] GetName() => Unnamed();

    public override int GetPeer(out byte[] address)
    {
        address = Unnamed();
        return _wasJoined ? 0 : -Errno.ENOTCONN;
    }

    public override long Send(MessageBuffers buffers, byte[]? address, int flags)
    {
        if ((flags & SocketNumbers.MSG_OOB) != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (address is not null && IsMessageBased && Type == SocketNumbers.SOCK_DGRAM)
        {
            return Connect(address);
        }

        if (!_wasJoined)
        {
            return -Errno.ENOTCONN;
        }

        if (_isSendingShut || _peer is null || _peer._isReceivingShut)
        {
            return _peer is null && Type == SocketNumbers.SOCK_DGRAM
                ? -Errno.ECONNREFUSED : -Errno.EPIPE;
        }

        return IsMessageBased ? SendMessage(buffers, _peer) : SendBytes(buffers, _peer);
    }

    public override long Write(ReadOnlySpan<byte> source)
    {
        if (!_wasJoined || _isSendingShut || _peer is null || _peer._isReceivingShut)
        {
            return -Errno.EPIPE;
        }

        if (IsMessageBased)
        {
            return source.Length > MessageBytesMax ? -Errno.EMSGSIZE
                : _peer.RoomBytes == 0 ? -Errno.EAGAIN
                : _peer.Take(source.ToArray());
        }

        int count = Math.Min(source.Length, _peer.RoomBytes);
        return count == 0 && !source.IsEmpty ? -Errno.EAGAIN : _peer.Take(source[..count]);
    }

    public override long Receive(
        MessageBuffers buffers, int flags, out ReceivedMessage message)
    {
        message = new ReceivedMessage([], 0, false);
        if ((flags & SocketNumbers.MSG_OOB) != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (!HasInput)
        {
            return !_wasJoined && Type == SocketNumbers.SOCK_STREAM ? -Errno.EINVAL
                : IsAtEnd ? 0 : -Errno.EAGAIN;
        }

        bool isPeek = (flags & SocketNumbers.MSG_PEEK) != 0;
        long count = IsMessageBased
            ? ReceiveMessage(buffers, flags, out message)
            : ReceiveBytes(buffers, isPeek);
        if (!isPeek && count >= 0)
        {
            _peer?._writeReady.Signal();
        }

        return count;
    }

    public override int GetOption(int level, int name, Span<byte> value, out int length)
    {
        const int TypeOption = 3;
        const int ErrorOption = 4;
        const int SendBuffer = 7;
        const int ReceiveBuffer = 8;
        const int PeerCredentials = 17;
        const int DomainOption = 39;
        length = sizeof(int);
        if (level != SocketLevel)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (name == PeerCredentials)
        {
            Span<byte> credentials = stackalloc byte[12];
            BinaryPrimitives.WriteInt32LittleEndian(credentials, GuestIdentity.FirstProcessId);
            BinaryPrimitives.WriteInt32LittleEndian(credentials[4..], GuestIdentity.UserId);
            BinaryPrimitives.WriteInt32LittleEndian(credentials[8..], GuestIdentity.GroupId);
            length = Math.Min(value.Length, credentials.Length);
            credentials[..length].CopyTo(value);
            return 0;
        }

        int? number = name switch
        {
            TypeOption => Type,
            ErrorOption => 0,
            SendBuffer or ReceiveBuffer => BufferBytes,
            DomainOption => Family,
            _ when Remembered.TryGetValue((level, name), out int known) => known,
            _ when SocketOptionList.IsRemembered(level, name) =>
                SocketOptionList.InitialOf(name),
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

        if (!SocketOptionList.IsRemembered(level, name))
        {
            return -Errno.ENOPROTOOPT;
        }

        Remembered[(level, name)] = BinaryPrimitives.ReadInt32LittleEndian(value);
        return 0;
    }

    public override int TakeError() => 0;

    public override PollEvents Poll()
    {
        bool isEnd = IsAtEnd;
        PollEvents events = HasInput || isEnd
            ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
        events |= isEnd ? PollEvents.ReadHangUp : PollEvents.None;
        bool isDead = _wasJoined && _peer is null && Type != SocketNumbers.SOCK_DGRAM;
        events |= isDead || (isEnd && _isSendingShut) || !_wasJoined
            ? PollEvents.HangUp : PollEvents.None;
        bool hasRoom = _peer is null || _peer.RoomBytes >= BufferBytes / 4;
        return hasRoom ? events | PollEvents.Out | PollEvents.WriteNormal : events;
    }

    public override long Control(SystemCallContext call, uint request, ulong argument)
    {
        int first = _messages.TryPeek(out byte[]? message) ? message.Length : _bytes.Count;
        return request != BytesReadable ? -Errno.ENOTTY
            : call.Memory.TryWrite(argument, first) ? 0 : -Errno.EFAULT;
    }

    public override string Describe() => $"unix socket {Inode.Record.Number}";

    protected override void Closed()
    {
        if (_peer is { } peer)
        {
            _peer = null;
            peer._peer = null;
            peer.SignalAll();
        }
    }

    private static byte[] Unnamed() => [SocketNumbers.AF_UNIX, 0];

    private static long SendMessage(MessageBuffers buffers, LocalSocket to)
    {
        if (buffers.LengthBytes > MessageBytesMax)
        {
            return -Errno.EMSGSIZE;
        }

        if (to.RoomBytes == 0)
        {
            return -Errno.EAGAIN;
        }

        byte[] message = new byte[buffers.LengthBytes];
        return buffers.TryGather(message) ? to.Take(message) : -Errno.EFAULT;
    }

    private static long SendBytes(MessageBuffers buffers, LocalSocket to)
    {
        while (buffers.RestBytes > 0)
        {
            if (!buffers.TryGetNext(out Span<byte> span))
            {
                return -Errno.EFAULT;
            }

            int count = Math.Min(span.Length, to.RoomBytes);
            if (count == 0)
            {
                return -Errno.EAGAIN;
            }

            to.Take((ReadOnlySpan<byte>)span[..count]);
            buffers.Advance(count);
        }

        return buffers.DoneBytes;
    }

    private int Take(byte[] message)
    {
        _messages.Enqueue(message);
        _charge += message.Length + OverheadBytes;
        _readReady.Signal();
        return message.Length;
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        _bytes.Append(bytes);
        _charge += bytes.Length;
        _readReady.Signal();
        return bytes.Length;
    }

    private long ReceiveBytes(MessageBuffers buffers, bool isPeek)
    {
        int offset = 0;
        while (buffers.RestBytes > 0 && offset < _bytes.Count)
        {
            if (!buffers.TryGetNext(out Span<byte> span))
            {
                return -Errno.EFAULT;
            }

            int count = Math.Min(span.Length, _bytes.Count - offset);
            _bytes.CopyTo(offset, span[..count]);
            buffers.Advance(count);
            offset += count;
        }

        if (!isPeek)
        {
            _bytes.Remove(offset);
            _charge -= offset;
        }

        return offset;
    }

    private long ReceiveMessage(MessageBuffers buffers, int flags, out ReceivedMessage message)
    {
        byte[] first = _messages.Peek();
        int length = (int)Math.Min(first.Length, buffers.LengthBytes);
        message = new ReceivedMessage([], first.Length, length < first.Length);
        if (!buffers.TryScatter(first.AsSpan(0, length)))
        {
            return -Errno.EFAULT;
        }

        if ((flags & SocketNumbers.MSG_PEEK) == 0)
        {
            _messages.Dequeue();
            _charge -= first.Length + OverheadBytes;
        }

        return (flags & SocketNumbers.MSG_TRUNC) != 0 ? first.Length : length;
    }

    private void SignalAll()
    {
        _readReady.Signal();
        _writeReady.Signal();
    }
}
