using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>send(2), recv(2) and their forms with an address, a header or many messages.
/// </summary>
internal sealed class MessageCalls(NodeFileSystem files) : FileCallGroup(files)
{
    /// <summary>UIO_MAXIOV.</summary>
    private const int CountMax = 1024;

    /// <summary><c>struct mmsghdr</c>: a header and what was moved.</summary>
    private const int ManyStrideBytes = 64;
    private const int ManyLengthOffset = 56;

    private readonly SocketTransfers _transfers = files.SocketTransfers;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Network;
        table.Add(44, "sendto", Cost, SendTo);
        table.Add(45, "recvfrom", Cost, ReceiveFrom);
        table.Add(46, "sendmsg", Cost, SendMessage);
        table.Add(47, "recvmsg", Cost, ReceiveMessage);
        table.Add(299, "recvmmsg", Cost, ReceiveMany);
        table.Add(307, "sendmmsg", Cost, SendMany);
    }

    private SystemCallResult SendTo(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        byte[] address = [];
        bool hasAddress = call.Argument(4) != 0;
        if (error == 0 && hasAddress)
        {
            error = SocketArguments.TryReadAddress(
                call, call.Argument(4), call.Int32Argument(5), out address);
        }

        if (error == 0 && hasAddress)
        {
            error = TrySetTarget(call, socket, address);
        }

        IoSegment[] segments = [new IoSegment(call.Argument(1), call.Argument(2))];
        return error != 0
            ? -error
            : _transfers.Send(
                call,
                socket,
                segments,
                hasAddress ? address : null,
                call.Int32Argument(3),
                Files.GetPending(call));
    }

    private SystemCallResult ReceiveFrom(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        if (error != 0)
        {
            return -error;
        }

        IoSegment[] segments = [new IoSegment(call.Argument(1), call.Argument(2))];
        SystemCallResult result = _transfers.Receive(
            call,
            socket,
            segments,
            call.Int32Argument(3),
            Files.GetPending(call),
            out ReceivedMessage message);
        if (result.Wait is null && result.Value >= 0 && call.Argument(4) != 0)
        {
            error = SocketArguments.TryWriteAddress(
                call, call.Argument(4), call.Argument(5), message.Source ?? []);
            return error != 0 ? -error : result;
        }

        return result;
    }

    private SystemCallResult SendMessage(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        return error != 0
            ? -error
            : Send(
                call,
                socket,
                call.Argument(1),
                call.Int32Argument(2),
                Files.GetPending(call));
    }

    private SystemCallResult ReceiveMessage(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        return error != 0
            ? -error
            : Receive(
                call,
                socket,
                call.Argument(1),
                call.Int32Argument(2),
                Files.GetPending(call));
    }

    private SystemCallResult Send(
        SystemCallContext call, SocketFile socket, ulong header, int flags, PendingCall pending)
    {
        int error = MessageHeader.TryRead(call, header, out MessageHeader message);
        byte[]? address = null;
        if (error == 0 && message.NameAddress != 0 && message.NameLength > 0)
        {
            error = SocketArguments.TryReadAddress(
                call, message.NameAddress, message.NameLength, out address);
        }

        if (error == 0 && address is not null)
        {
            error = TrySetTarget(call, socket, address);
        }

        List<OpenFile> rights = [];
        if (error == 0 && message.HasControl && socket is LocalSocket)
        {
            error = ControlMessages.TryRead(
                call, message, GetProcess(call).Descriptors, rights);
        }

        return error != 0 ? -error
            : _transfers.Send(call, socket, message.Segments, address, flags, pending, rights);
    }

    /// <summary>Finds the AF_UNIX socket that a message is addressed to.</summary>
    private int TrySetTarget(SystemCallContext call, SocketFile socket, byte[] address)
    {
        if (socket is not LocalSocket local)
        {
            return 0;
        }

        if (local.Type != SocketNumbers.SOCK_DGRAM)
        {
            // A stream's end is where it is: Linux looks at the address no further.
            return local.GetPeer(out _) == 0 ? Errno.EISCONN
                : local.Type == SocketNumbers.SOCK_STREAM ? Errno.EOPNOTSUPP : Errno.ENOTCONN;
        }

        int error = LocalAddress.TryFind(Files, GetProcess(call), address, out LocalSocket? target);
        local.NextTarget = target;
        return error;
    }

    private SystemCallResult Receive(
        SystemCallContext call, SocketFile socket, ulong header, int flags, PendingCall pending)
    {
        int error = MessageHeader.TryRead(call, header, out MessageHeader message);
        if (error != 0)
        {
            return -error;
        }

        SystemCallResult result = _transfers.Receive(
            call, socket, message.Segments, flags, pending, out ReceivedMessage received);
        if (result.Wait is not null || result.Value < 0)
        {
            return result;
        }

        ulong length = 0;
        int told = 0;
        if (socket is LocalSocket)
        {
            (length, told) = ControlMessages.Write(
                call, message, received, GetProcess(call).Descriptors, flags);
        }

        return message.TryComplete(call, header, received, length, told) ? result : -Errno.EFAULT;
    }

    /// <summary>Messages until there are enough, or until one would wait or fails.</summary>
    private SystemCallResult SendMany(SystemCallContext call)
    {
        PendingCall pending = Files.GetPending(call);
        int flags = call.Int32Argument(3);
        return Many(
            call, pending, (socket, header) => Send(call, socket, header, flags, pending));
    }

    private SystemCallResult ReceiveMany(SystemCallContext call)
    {
        PendingCall pending = Files.GetPending(call);
        ulong timeout = call.Argument(4);
        if (!call.IsRetry && timeout != 0)
        {
            int error = TimeArguments.TryReadTimespec(call, timeout, out VirtualDuration wait);
            if (error != 0)
            {
                return -error;
            }

            pending.Deadline = TimeArguments.ToDeadline(call.Now, wait);
        }

        int flags = call.Int32Argument(3);
        bool isForOne = (flags & SocketNumbers.MSG_WAITFORONE) != 0;
        return Many(call, pending, (socket, header) =>
        {
            // As Linux: the time-out is looked at between messages only.
            bool isNext = pending.MessageCount > 0;
            bool isLate = isNext && pending.Deadline is { } deadline && deadline <= call.Now;
            int its = isForOne && isNext ? flags | SocketNumbers.MSG_DONTWAIT : flags;
            return isLate ? -Errno.EAGAIN : Receive(call, socket, header, its, pending);
        });
    }

    private SystemCallResult Many(
        SystemCallContext call,
        PendingCall pending,
        Func<SocketFile, ulong, SystemCallResult> move)
    {
        int error = TryGet(call, out SocketFile socket);
        if (error != 0)
        {
            return -error;
        }

        int countMax = (int)Math.Min((uint)call.Argument(2), CountMax);
        while (pending.MessageCount < countMax)
        {
            ulong header = call.Argument(1)
                + ((ulong)pending.MessageCount * ManyStrideBytes);
            SystemCallResult result = move(socket, header);
            if (result.Wait is not null)
            {
                return call.IsInterrupted && pending.MessageCount > 0
                    ? pending.MessageCount
                    : result;
            }

            if (result.Value < 0)
            {
                return pending.MessageCount > 0 ? pending.MessageCount : result;
            }

            if (!call.Memory.TryWrite(header + ManyLengthOffset, (uint)result.Value))
            {
                return pending.MessageCount > 0 ? pending.MessageCount : -Errno.EFAULT;
            }

            pending.MessageCount++;
            pending.Progress = 0;
        }

        return pending.MessageCount;
    }

    private int TryGet(SystemCallContext call, out SocketFile socket)
    {
        bool found = TryGetUsable(call, 0, out OpenFile? file);
        socket = (file as SocketFile)!; // Used only after 0.
        return !found ? Errno.EBADF : file is SocketFile ? 0 : Errno.ENOTSOCK;
    }
}
