using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What goes through an AF_UNIX socket.</summary>
internal sealed partial class LocalSocket
{
    private const int BufferBytes = 212_992;
    private const int MessageBytesMax = BufferBytes - 32;

    /// <summary>What the kernel keeps beside each message.</summary>
    private const int OverheadBytes = 768;

    private const uint BytesReadable = 0x541b;

    private readonly LinkedList<LocalMessage> _queue = new();
    private int _charge;

    private bool HasInput => _queue.Count > 0;

    /// <summary>Room for what is sent to it; a message is taken if there is any.</summary>
    private int RoomBytes => Math.Max(0, BufferBytes - _charge);

    public override long Send(MessageBuffers buffers, byte[]? address, int flags) =>
        Send(buffers, flags, []);

    /// <param name="rights">Open files that go with it; the queue takes references of its own.
    /// </param>
    public long Send(MessageBuffers buffers, int flags, IReadOnlyList<OpenFile> rights)
    {
        if ((flags & SocketNumbers.MSG_OOB) != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        int error = CheckSend(out LocalSocket? to);
        return error != 0 ? -error
            : IsMessageBased ? SendMessage(buffers, to!, rights)
            : SendBytes(buffers, to!, rights);
    }

    public override long Write(ReadOnlySpan<byte> source)
    {
        int error = CheckSend(out LocalSocket? to);
        if (error != 0)
        {
            return -error;
        }

        if (IsMessageBased && source.Length > MessageBytesMax)
        {
            return -Errno.EMSGSIZE;
        }

        int count = IsMessageBased ? source.Length : Math.Min(source.Length, to!.RoomBytes);
        return to!.RoomBytes == 0 && !source.IsEmpty
            ? Await(to)
            : Put(to, source[..count].ToArray(), []);
    }

    public override long Read(Span<byte> destination)
    {
        if (!HasInput)
        {
            return IsAtEnd ? 0 : -Errno.EAGAIN;
        }

        int count = 0;
        while (_queue.First?.Value is { } first && count < destination.Length)
        {
            int part = Math.Min(first.Rest, destination.Length - count);
            first.Bytes.AsSpan(first.Taken, part).CopyTo(destination[count..]);
            count += part;
            Take(first, IsMessageBased ? first.Rest : part);
            if (IsMessageBased)
            {
                break;
            }
        }

        return count;
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
            return _error != 0 ? -TakeError()
                : Type == SocketNumbers.SOCK_STREAM && !_wasJoined ? -Errno.EINVAL
                : Type == SocketNumbers.SOCK_SEQPACKET && !_wasJoined ? -Errno.ENOTCONN
                : IsAtEnd ? 0 : -Errno.EAGAIN;
        }

        bool isPeek = (flags & SocketNumbers.MSG_PEEK) != 0;
        return IsMessageBased
            ? ReceiveMessage(buffers, flags, isPeek, out message)
            : ReceiveBytes(buffers, isPeek, out message);
    }

    public override long Control(SystemCallContext call, uint request, ulong argument)
    {
        int count = IsMessageBased ? _queue.First?.Value.Rest ?? 0 : _queue.Sum(m => m.Rest);
        return request != BytesReadable ? -Errno.ENOTTY
            : call.Memory.TryWrite(argument, count) ? 0 : -Errno.EFAULT;
    }

    /// <returns>0, or a positive errno.</returns>
    private int CheckSend(out LocalSocket? to)
    {
        to = NextTarget ?? _peer;
        NextTarget = null;
        if (to is null && !_wasJoined)
        {
            return Errno.ENOTCONN;
        }

        if (_isSendingShut)
        {
            return Errno.EPIPE;
        }

        if (IsDatagram)
        {
            if (to is not null && to.Type != Type)
            {
                return Errno.EPROTOTYPE;
            }

            return to is null || to.IsClosed ? Errno.ECONNREFUSED
                : to._isReceivingShut ? Errno.EPIPE : 0;
        }

        return to is null || to._isReceivingShut ? Errno.EPIPE : 0;
    }

    /// <summary>The receiver has no room: the sender is told when it has.</summary>
    private long Await(LocalSocket to)
    {
        to._blocked.Add(this);
        return -Errno.EAGAIN;
    }

    private long SendMessage(
        MessageBuffers buffers, LocalSocket to, IReadOnlyList<OpenFile> rights)
    {
        if (buffers.LengthBytes > MessageBytesMax)
        {
            return -Errno.EMSGSIZE;
        }

        if (to.RoomBytes == 0)
        {
            return Await(to);
        }

        byte[] message = new byte[buffers.LengthBytes];
        return buffers.TryGather(message) ? Put(to, message, rights) : -Errno.EFAULT;
    }

    private long SendBytes(
        MessageBuffers buffers, LocalSocket to, IReadOnlyList<OpenFile> rights)
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
                return Await(to);
            }

            Put(to, span[..count].ToArray(), rights);
            rights = [];
            buffers.Advance(count);
        }

        return buffers.DoneBytes;
    }

    private int Put(LocalSocket to, byte[] bytes, IReadOnlyList<OpenFile> rights)
    {
        foreach (OpenFile file in rights)
        {
            file.AddReference();
        }

        // An empty write to a stream is nothing; an empty message is one.
        if (IsMessageBased || bytes.Length > 0)
        {
            to._queue.AddLast(new LocalMessage(bytes, this, rights, names.CallingProcessId));
            to._charge += bytes.Length + (IsMessageBased ? OverheadBytes : 0);
            to._readReady.Signal();
        }

        return bytes.Length;
    }

    /// <summary>Bytes of the first message have been received; with all of them it goes.</summary>
    private void Take(LocalMessage first, int count)
    {
        first.Taken += count;
        _charge -= count;
        if (first.Rest == 0)
        {
            _charge -= IsMessageBased ? OverheadBytes : 0;
            _queue.RemoveFirst();
        }

        _peer?._writeReady.Signal();
        Unblock();
    }

    /// <summary>Bytes up to and with the first message that brings files.</summary>
    private long ReceiveBytes(MessageBuffers buffers, bool isPeek, out ReceivedMessage message)
    {
        long total = 0;
        message = new ReceivedMessage([], 0, false);
        LinkedListNode<LocalMessage>? node = _queue.First;
        while (node is not null && buffers.RestBytes > 0)
        {
            LocalMessage part = node.Value;
            LinkedListNode<LocalMessage>? next = node.Next;
            int count = (int)Math.Min(part.Rest, buffers.RestBytes);
            bool brings = part.Rights.Count > 0 && part.Taken == 0;
            if (!buffers.TryScatter(part.Bytes.AsSpan(part.Taken, count)))
            {
                return total > 0 ? total : -Errno.EFAULT;
            }

            total += count;
            message = Describe(part, message.SenderProcessId, !isPeek && brings);
            if (!isPeek)
            {
                Take(part, count);
            }

            node = brings ? null : next;
        }

        return total;
    }

    private ReceivedMessage Describe(LocalMessage part, int senderBefore, bool brings) =>
        new([], 0, false)
        {
            Rights = brings ? part.Rights : [],
            SenderProcessId = senderBefore != 0 ? senderBefore
                : PassesCredentials ? part.SenderProcessId : 0,
        };

    private long ReceiveMessage(
        MessageBuffers buffers, int flags, bool isPeek, out ReceivedMessage message)
    {
        LocalMessage first = _queue.First!.Value;
        int full = first.Bytes.Length;
        int length = (int)Math.Min(full, buffers.LengthBytes);
        message = Describe(first, 0, !isPeek) with
        {
            Source = first.Sender._name,
            FullLength = full,
            IsTruncated = length < full,
        };
        if (!buffers.TryScatter(first.Bytes.AsSpan(0, length)))
        {
            message = message with { Rights = [] };
            return -Errno.EFAULT;
        }

        if (!isPeek)
        {
            Take(first, full);
        }

        return (flags & SocketNumbers.MSG_TRUNC) != 0 ? full : length;
    }
}
