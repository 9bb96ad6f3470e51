using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>splice(2), tee(2) and vmsplice(2): bytes into and out of pipes. They are copied, which
/// nobody can tell from moved pages but by the clock.</summary>
internal sealed class SpliceCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int NonBlockFlag = 2;
    private const int KnownFlags = 15;
    private const int SegmentsMax = 1024;
    private const int ChunkBytes = 64 << 10;

    private readonly byte[] _buffer = new byte[ChunkBytes];

    public override void Register(SystemCallTable table)
    {
        table.Add(275, "splice", KernelCostClass.File, Splice);
        table.Add(276, "tee", KernelCostClass.File, Tee);
        table.Add(278, "vmsplice", KernelCostClass.File, SpliceMemory);
    }

    private SystemCallResult Splice(SystemCallContext call)
    {
        if (call.Argument(4) == 0)
        {
            return 0;
        }

        if ((call.Int32Argument(5) & ~KnownFlags) != 0)
        {
            return -Errno.EINVAL;
        }

        if (!TryGetFile(call, 0, out OpenFile? input) || !TryGetFile(call, 2, out OpenFile? output)
            || !input.CanRead || !output.CanWrite)
        {
            return -Errno.EBADF;
        }

        bool hasPipeOffset = (input is PipeEnd && call.Argument(1) != 0)
            || (output is PipeEnd && call.Argument(3) != 0);
        if (hasPipeOffset)
        {
            return -Errno.ESPIPE;
        }

        SystemCallResult result = (input, output) switch
        {
            (PipeEnd from, PipeEnd to) => Move(call, from, to, call.Argument(4), call.Int32Argument(5)),
            (PipeEnd from, _) => Drain(call, from, output),
            (_, PipeEnd to) => Fill(call, input, to),
            _ => -Errno.EINVAL,
        };
        if (result.Value > 0)
        {
            FileEvents.Tell(input, FileEvent.Access);
            FileEvents.Tell(output, FileEvent.Modify);
        }

        return result;
    }

    private SystemCallResult Tee(SystemCallContext call)
    {
        if ((call.Int32Argument(3) & ~KnownFlags) != 0)
        {
            return -Errno.EINVAL;
        }

        if (call.Argument(2) == 0)
        {
            return 0;
        }

        return !TryGetFile(call, 0, out OpenFile? input) || !TryGetFile(call, 1, out OpenFile? output)
            ? -Errno.EBADF
            : input is not PipeEnd from || output is not PipeEnd to ? -Errno.EINVAL
            : !from.CanRead || !to.CanWrite ? -Errno.EBADF
            : Move(call, from, to, call.Argument(2), call.Int32Argument(3), keeps: true);
    }

    /// <summary>From pipe to pipe.</summary>
    /// <param name="keeps">They stay in the first one too.</param>
    private SystemCallResult Move(
        SystemCallContext call,
        PipeEnd from,
        PipeEnd to,
        ulong length,
        int flags,
        bool keeps = false)
    {
        if (from.Pipe == to.Pipe)
        {
            return -Errno.EINVAL;
        }

        if (TryWaitForBytes(from, flags, out SystemCallResult result)
            || TryWaitForRoom(call, to, flags, out result))
        {
            return result;
        }

        int count = (int)Math.Min(Math.Min(length, ChunkBytes), (ulong)to.Pipe.FreeBytes);
        count = from.Pipe.Peek(_buffer.AsSpan(0, count));
        to.Pipe.Put(_buffer.AsSpan(0, count));
        to.Pipe.ReadReady.Signal();
        if (!keeps)
        {
            Drop(from, count);
        }

        return count;
    }

    /// <summary>From a pipe to a file or socket.</summary>
    private SystemCallResult Drain(SystemCallContext call, PipeEnd from, OpenFile output)
    {
        if ((output.Flags & HostOpen.Append) != 0)
        {
            return -Errno.EINVAL;
        }

        int flags = call.Int32Argument(5);
        ulong place = call.Argument(3);
        long offset = 0;
        if (place != 0 && !call.Memory.TryRead(place, out offset))
        {
            return -Errno.EFAULT;
        }

        if (TryWaitForBytes(from, flags, out SystemCallResult result))
        {
            return result;
        }

        int count = from.Pipe.Peek(_buffer.AsSpan(0, (int)Math.Min(call.Argument(4), ChunkBytes)));
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, count);
        long put = place != 0 ? output.WriteAt(offset, bytes) : output.Write(bytes);
        if (put == -Errno.EPIPE)
        {
            Files.BrokenPipe?.BrokenPipe(call);
        }

        if (put == -Errno.EAGAIN && !MayNotWait(flags, output) && output.WriteReady is { } room)
        {
            return Wait(room, output);
        }

        if (put > 0)
        {
            Drop(from, (int)put);
        }

        return put > 0 && place != 0 && !call.Memory.TryWrite(place, offset + put)
            ? -Errno.EFAULT : put;
    }

    /// <summary>From a file or socket to a pipe.</summary>
    private SystemCallResult Fill(SystemCallContext call, OpenFile input, PipeEnd to)
    {
        int flags = call.Int32Argument(5);
        ulong place = call.Argument(1);
        long offset = 0;
        if (place != 0 && !call.Memory.TryRead(place, out offset))
        {
            return -Errno.EFAULT;
        }

        if (TryWaitForRoom(call, to, flags, out SystemCallResult result))
        {
            return result;
        }

        int count = (int)Math.Min(Math.Min(call.Argument(4), ChunkBytes), (ulong)to.Pipe.FreeBytes);
        Span<byte> bytes = _buffer.AsSpan(0, count);
        long got = place != 0 ? input.ReadAt(offset, bytes) : input.Read(bytes);
        if (got == -Errno.EAGAIN && !MayNotWait(flags, input) && input.ReadReady is { } ready)
        {
            return Wait(ready, input);
        }

        if (got > 0)
        {
            to.Pipe.Put(bytes[..(int)got]);
            to.Pipe.ReadReady.Signal();
        }

        return got > 0 && place != 0 && !call.Memory.TryWrite(place, offset + got)
            ? -Errno.EFAULT : got;
    }

    private SystemCallResult SpliceMemory(SystemCallContext call)
    {
        if ((call.Int32Argument(3) & ~KnownFlags) != 0 || call.Argument(2) > SegmentsMax)
        {
            return -Errno.EINVAL;
        }

        if (!TryGetFile(call, 0, out OpenFile? file) || file is not PipeEnd pipe)
        {
            return -Errno.EBADF;
        }

        IoSegment[] segments = new IoSegment[(int)call.Argument(2)];
        for (int i = 0; i < segments.Length; i++)
        {
            if (!call.Memory.TryRead(call.Argument(1) + ((ulong)i * 16), out segments[i]))
            {
                return -Errno.EFAULT;
            }
        }

        MessageBuffers buffers = new(call.Memory, segments, isForReceiving: pipe.CanRead);
        SystemCallResult result = default;
        bool waits = buffers.LengthBytes > 0 && (pipe.CanRead
            ? TryWaitForBytes(pipe, call.Int32Argument(3), out result)
            : TryWaitForRoom(call, pipe, call.Int32Argument(3), out result));
        return waits ? result : MoveMemory(buffers, pipe);
    }

    private static SystemCallResult MoveMemory(MessageBuffers buffers, PipeEnd pipe)
    {
        while (buffers.RestBytes > 0)
        {
            if (!buffers.TryGetNext(out Span<byte> span))
            {
                return buffers.DoneBytes > 0 ? buffers.DoneBytes : -Errno.EFAULT;
            }

            int count = pipe.CanRead ? pipe.Pipe.Take(span) : pipe.Pipe.Put(span);
            if (count == 0)
            {
                break;
            }

            (pipe.CanRead ? pipe.Pipe.WriteReady : pipe.Pipe.ReadReady).Signal();
            buffers.Advance(count);
        }

        return buffers.DoneBytes;
    }

    private static void Drop(PipeEnd from, int count)
    {
        from.Pipe.Discard(count);
        from.Pipe.WriteReady.Signal();
    }

    /// <returns>True if there is nothing to take: the result says what comes of that.</returns>
    private static bool TryWaitForBytes(PipeEnd from, int flags, out SystemCallResult result)
    {
        result = from.Pipe.WriterCount == 0 ? 0
            : MayNotWait(flags, from) ? -Errno.EAGAIN
            : Wait(from.Pipe.ReadReady, from);
        return from.Pipe.Count == 0;
    }

    private bool TryWaitForRoom(
        SystemCallContext call, PipeEnd to, int flags, out SystemCallResult result)
    {
        bool isBroken = to.Pipe.ReaderCount == 0;
        if (isBroken)
        {
            Files.BrokenPipe?.BrokenPipe(call);
        }

        result = isBroken ? -Errno.EPIPE
            : MayNotWait(flags, to) ? -Errno.EAGAIN
            : Wait(to.Pipe.WriteReady, to);
        return isBroken || to.Pipe.FreeBytes == 0;
    }

    private static bool MayNotWait(int flags, OpenFile file) =>
        file.IsNonBlocking || (flags & NonBlockFlag) != 0;

    private static SystemCallResult Wait(ReadySource source, OpenFile file) =>
        SystemCallResult.Block(new WaitRequest(
            [source.Queue], null, $"splice {ByteText.ToText(file.Path)}"));
}
