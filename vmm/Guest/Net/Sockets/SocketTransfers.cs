using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Sends and receives on sockets, waiting if need be: behind read and write as well as
/// send and recv.</summary>
internal sealed class SocketTransfers(NodeFileSystem files)
{
    /// <summary>What a call that was not over yet answers.</summary>
    private const long Again = -Errno.EAGAIN;

    /// <param name="pending">What the call remembers while it waits.</param>
    public SystemCallResult Send(
        SystemCallContext call,
        SocketFile socket,
        IoSegment[] segments,
        byte[]? address,
        int flags,
        PendingCall pending,
        IReadOnlyList<OpenFile>? rights = null)
    {
        MessageBuffers buffers = new(call.Memory, segments, isForReceiving: false);
        buffers.Skip(pending.Progress);

        // What was sent before a wait took the files along.
        long result = socket is LocalSocket local
            ? local.Send(buffers, flags, pending.Progress == 0 ? rights ?? [] : [])
            : socket.Send(buffers, address, flags);
        if (result == Again)
        {
            VirtualTime? deadline = GetDeadline(call, socket.SendTimeout);
            bool waits = !socket.IsNonBlocking && (flags & SocketNumbers.MSG_DONTWAIT) == 0
                && !(call.TimedOut && deadline is not null)
                && !(call.IsInterrupted && buffers.DoneBytes > 0);
            if (waits)
            {
                pending.Progress = buffers.DoneBytes;
                return SystemCallResult.Block(
                    Wait(socket.WriteReady!, deadline, Describe(socket, "send")));
            }
        }

        if (result < 0 && buffers.DoneBytes > 0 && !socket.IsMessageBased)
        {
            return buffers.DoneBytes;
        }

        if (result == -Errno.EPIPE && (flags & SocketNumbers.MSG_NOSIGNAL) == 0
            && !socket.IsMessageBased)
        {
            files.BrokenPipe?.BrokenPipe(call);
        }

        return result;
    }

    /// <param name="message">What came with the bytes; set if the call is over.</param>
    public SystemCallResult Receive(
        SystemCallContext call,
        SocketFile socket,
        IoSegment[] segments,
        int flags,
        PendingCall pending,
        out ReceivedMessage message)
    {
        const int Partial = SocketNumbers.MSG_PEEK | SocketNumbers.MSG_TRUNC;
        MessageBuffers buffers = new(call.Memory, segments, isForReceiving: true);
        buffers.Skip(pending.Progress);
        bool isWhole = (flags & SocketNumbers.MSG_WAITALL) != 0 && (flags & Partial) == 0
            && !socket.IsMessageBased;
        long result = socket.Receive(buffers, flags, out message);
        bool isShort = isWhole && result > 0 && buffers.RestBytes > 0;
        if (isShort)
        {
            // What there is was taken; the rest, an end or an error is still to come.
            long next = socket.Receive(buffers, flags, out _);
            isShort = next == Again;
        }

        if (result == Again || isShort)
        {
            VirtualTime? deadline = GetDeadline(call, socket.ReceiveTimeout);
            bool waits = !socket.IsNonBlocking && (flags & SocketNumbers.MSG_DONTWAIT) == 0
                && !(call.TimedOut && deadline is not null)
                && !(call.IsInterrupted && buffers.DoneBytes > 0);
            if (waits)
            {
                pending.Progress = buffers.DoneBytes;
                return SystemCallResult.Block(
                    Wait(socket.ReadReady!, deadline, Describe(socket, "receive")));
            }
        }

        bool hasTaken = isWhole && buffers.DoneBytes > 0;
        return hasTaken ? buffers.DoneBytes : result;
    }

    /// <summary>Waits on a queue of the socket until its time-out.</summary>
    /// <returns>False if it has passed, or the socket does not wait.</returns>
    public static bool TryWait(
        SystemCallContext call,
        SocketFile socket,
        bool isForReading,
        string what,
        [NotNullWhen(true)] out WaitRequest? request)
    {
        request = null;
        VirtualDuration? timeout = isForReading ? socket.ReceiveTimeout : socket.SendTimeout;
        VirtualTime? deadline = GetDeadline(call, timeout);
        ReadySource? source = isForReading ? socket.ReadReady : socket.WriteReady;
        if (socket.IsNonBlocking || (call.TimedOut && deadline is not null))
        {
            return false;
        }

        request = Wait(source!, deadline, Describe(socket, what));
        return true;
    }

    /// <summary>As Linux's sock_intr_errno: with a time-out the call is not made again.</summary>
    private static WaitRequest Wait(ReadySource source, VirtualTime? deadline, string what) =>
        new([source.Queue], deadline, what)
        {
            WhenInterrupted = deadline is null ? -Errno.ERESTARTSYS : -Errno.ERESTARTNOHAND,
        };

    private static VirtualTime? GetDeadline(SystemCallContext call, VirtualDuration? timeout) =>
        timeout is { } wait ? TimeArguments.ToDeadline(call.EnteredAt, wait) : null;

    private static string Describe(SocketFile socket, string what) => $"{what} {socket.Describe()}";
}
