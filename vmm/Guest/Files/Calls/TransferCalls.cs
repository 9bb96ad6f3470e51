using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>read(2), write(2) and their vectored and positioned forms.</summary>
internal sealed class TransferCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int SegmentCountMax = 1024;

    /// <summary>MAX_RW_COUNT: no call moves more.</summary>
    private const ulong TransferBytesMax = 0x7fff_f000;

    /// <summary>PIPE_BUF: a write up to this size is whole or not at all.</summary>
    private const ulong AtomicBytesMax = 4096;

    private const int NonBlockingFlag = 0x8;
    private const int AppendFlag = 0x10;
    private const int KnownFlags = 0x1f;

    private const long NoOffset = -1;

    public override void Register(SystemCallTable table)
    {
        table.Add(0, "read", KernelCostClass.File, call => Plain(call, isRead: true));
        table.Add(1, "write", KernelCostClass.File, call => Plain(call, isRead: false));
        table.Add(17, "pread64", KernelCostClass.File, call => Positioned(call, isRead: true));
        table.Add(18, "pwrite64", KernelCostClass.File, call => Positioned(call, isRead: false));
        table.Add(19, "readv", KernelCostClass.File, call => Vectored(call, isRead: true));
        table.Add(20, "writev", KernelCostClass.File, call => Vectored(call, isRead: false));
        table.Add(295, "preadv", KernelCostClass.File, call => At(call, isRead: true));
        table.Add(296, "pwritev", KernelCostClass.File, call => At(call, isRead: false));
        table.Add(327, "preadv2", KernelCostClass.File, call => At2(call, isRead: true));
        table.Add(328, "pwritev2", KernelCostClass.File, call => At2(call, isRead: false));
    }

    private SystemCallResult Plain(SystemCallContext call, bool isRead)
    {
        if (!TryGetFor(call, isRead, out OpenFile file))
        {
            return -Errno.EBADF;
        }

        ReadOnlySpan<IoSegment> segments = [new IoSegment(call.Argument(1), call.Argument(2))];
        return (long)call.Argument(2) < 0
            ? -Errno.EFAULT
            : Transfer(call, file, segments, NoOffset, isRead);
    }

    private SystemCallResult Positioned(SystemCallContext call, bool isRead)
    {
        long offset = (long)call.Argument(3);
        if (offset < 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryGetForAt(call, isRead, out OpenFile file);
        if (error != 0)
        {
            return -error;
        }

        ReadOnlySpan<IoSegment> segments = [new IoSegment(call.Argument(1), call.Argument(2))];
        return (long)call.Argument(2) < 0
            ? -Errno.EFAULT
            : Transfer(call, file, segments, offset, isRead);
    }

    private SystemCallResult Vectored(SystemCallContext call, bool isRead)
    {
        if (!TryGetFor(call, isRead, out OpenFile file))
        {
            return -Errno.EBADF;
        }

        int error = TryReadSegments(call, out IoSegment[] segments);
        return error != 0 ? -error : Transfer(call, file, segments, NoOffset, isRead);
    }

    private SystemCallResult At(SystemCallContext call, bool isRead)
    {
        if ((long)call.Argument(3) < 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryGetForAt(call, isRead, out OpenFile file);
        if (error != 0)
        {
            return -error;
        }

        error = TryReadSegments(call, out IoSegment[] segments);
        return error != 0
            ? -error
            : Transfer(call, file, segments, (long)call.Argument(3), isRead);
    }

    private SystemCallResult At2(SystemCallContext call, bool isRead)
    {
        int flags = call.Int32Argument(5);
        if ((flags & ~KnownFlags) != 0 || ((flags & AppendFlag) != 0 && isRead))
        {
            return -Errno.EOPNOTSUPP;
        }

        if (!TryGetFile(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        // RWF_HIPRI, DSYNC and SYNC ask for what every transfer here does anyway.
        int kept = file.Flags;
        file.SetFlags(kept
            | ((flags & NonBlockingFlag) != 0 ? HostOpen.NonBlocking : 0)
            | ((flags & AppendFlag) != 0 ? HostOpen.Append : 0));
        SystemCallResult result =
            (long)call.Argument(3) == -1 ? Vectored(call, isRead) : At(call, isRead);
        file.SetFlags(kept);
        return result;
    }

    private bool TryGetFor(SystemCallContext call, bool isRead, out OpenFile file)
    {
        bool found = TryGetFile(call, 0, out OpenFile? open);
        file = open!;
        return found && (isRead ? file.CanRead : file.CanWrite);
    }

    private int TryGetForAt(SystemCallContext call, bool isRead, out OpenFile file)
    {
        bool found = TryGetUsable(call, 0, out OpenFile? open);
        file = open!;
        return !found ? Errno.EBADF
            : !file.IsSeekable ? Errno.ESPIPE
            : (isRead ? file.CanRead : file.CanWrite) ? 0 : Errno.EBADF;
    }

    private static int TryReadSegments(SystemCallContext call, out IoSegment[] segments)
    {
        segments = [];
        ulong count = (uint)call.Int32Argument(2) == call.Argument(2)
            ? call.Argument(2)
            : ulong.MaxValue;
        if (count > SegmentCountMax)
        {
            return Errno.EINVAL;
        }

        segments = new IoSegment[(int)count];
        ulong total = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            ulong at = call.Argument(1) + ((ulong)i * 16);
            if (!call.Memory.TryRead(at, out segments[i]))
            {
                return Errno.EFAULT;
            }

            ulong length = segments[i].LengthBytes;
            if ((long)length < 0 || (long)(total + length) < 0)
            {
                return Errno.EINVAL;
            }

            total += length;
        }

        return 0;
    }

    /// <summary>A transfer, if the file's terminal lets it happen; who watches the file hears of it.
    /// </summary>
    private SystemCallResult Transfer(
        SystemCallContext call,
        OpenFile file,
        ReadOnlySpan<IoSegment> segments,
        long offset,
        bool isRead)
    {
        if (file.JobTerminal is { } terminal
            && Files.Jobs?.CheckTransfer(call, terminal, isRead) is { } error and not 0)
        {
            return -error;
        }

        ulong bytesMax = TransferBytesMax;
        if (!isRead && !TryLimit(call, file, offset == NoOffset ? null : offset, ref bytesMax))
        {
            return -Errno.EFBIG;
        }

        SystemCallResult result = Move(call, file, segments, offset, isRead, bytesMax);
        if (result.Value > 0)
        {
            FileEvents.Tell(file, isRead ? FileEvent.Access : FileEvent.Modify);
        }

        return result;
    }

    /// <summary>Moves bytes between a file and guest buffers, in place. A read returns what is
    /// there; a write goes on until all is written, waiting for room unless non-blocking.
    /// </summary>
    private SystemCallResult Move(
        SystemCallContext call,
        OpenFile file,
        ReadOnlySpan<IoSegment> segments,
        long offset,
        bool isRead,
        ulong bytesMax)
    {
        ulong total = 0;
        foreach (IoSegment segment in segments)
        {
            total += segment.LengthBytes;
        }

        total = Math.Min(total, bytesMax);
        if (file is SocketFile socket)
        {
            call.ActualCost = KernelCostClass.Network;
            IoSegment[] all = segments.ToArray();
            return isRead
                ? Files.SocketTransfers.Receive(call, socket, all, 0, Files.GetPending(call), out _)
                : Files.SocketTransfers.Send(call, socket, all, null, 0, Files.GetPending(call));
        }

        if (total == 0)
        {
            return isRead ? Read(file, offset, []) : Write(file, offset, []);
        }

        if (isRead && file is SlaveFile slave)
        {
            return Files.TerminalReads.Read(call, slave, segments, total);
        }

        if (!isRead && segments.Length > 1 && total <= AtomicBytesMax && file.IsPollable)
        {
            return WriteGathered(call, file, segments, (int)total);
        }

        PendingCall? pending = file.IsPollable ? Files.GetPending(call) : null;
        ulong skip = (ulong)(pending?.Progress ?? 0);
        ulong done = 0;
        foreach (IoSegment segment in segments)
        {
            ulong length = Math.Min(segment.LengthBytes, total - done);
            ulong within = Math.Min(length, skip - Math.Min(skip, done));
            done += within;
            while (within < length)
            {
                ulong address = segment.Address + within;
                long moved = MoveOnce(call, file, address, length - within, offset, done, isRead);
                if (moved < 0)
                {
                    return Stop(call, file, moved, done, isRead, pending);
                }

                within += (ulong)moved;
                done += (ulong)moved;
                bool isShort = within < length;
                if (moved == 0 || (isRead && (isShort || file is StreamFile)))
                {
                    return (long)done;
                }
            }
        }

        return (long)done;
    }

    private static long MoveOnce(
        SystemCallContext call,
        OpenFile file,
        ulong address,
        ulong length,
        long offset,
        ulong done,
        bool isRead)
    {
        if (!call.Memory.TryGetSpan(address, length, isRead, out Span<byte> span))
        {
            return -Errno.EFAULT;
        }

        long at = offset == NoOffset ? NoOffset : offset + (long)done;
        long moved = isRead ? Read(file, at, span) : Write(file, at, span);
        if (moved > 0)
        {
            call.Memory.Commit(address, (ulong)moved, isStore: isRead);
        }

        return moved;
    }

    private SystemCallResult Stop(
        SystemCallContext call,
        OpenFile file,
        long error,
        ulong done,
        bool isRead,
        PendingCall? pending)
    {
        if (error == -Errno.EPIPE && !isRead)
        {
            Files.BrokenPipe?.BrokenPipe(call);
        }

        ReadySource? source = isRead ? file.ReadReady : file.WriteReady;
        bool waits = error == -Errno.EAGAIN && !file.IsNonBlocking && source is not null;
        bool goesOn = done == 0 || (!isRead && !call.IsInterrupted);
        if (waits && goesOn)
        {
            pending!.Progress = (long)done;
            string what = isRead ? "read" : "write";
            return SystemCallResult.Block(new WaitRequest(
                [source!.Queue], null, $"{what} {ByteText.ToText(file.Path)}"));
        }

        return done > 0 ? (long)done : error;
    }

    /// <summary>A small vectored write to a pipe must not be torn.</summary>
    private SystemCallResult WriteGathered(
        SystemCallContext call, OpenFile file, ReadOnlySpan<IoSegment> segments, int total)
    {
        Span<byte> buffer = stackalloc byte[(int)AtomicBytesMax];
        int filled = 0;
        foreach (IoSegment segment in segments)
        {
            Span<byte> part = buffer.Slice(filled, (int)segment.LengthBytes);
            if (!call.Memory.TryRead(segment.Address, part))
            {
                return -Errno.EFAULT;
            }

            filled += part.Length;
        }

        long written = file.Write(buffer[..total]);
        return written < 0
            ? Stop(call, file, written, 0, isRead: false, Files.GetPending(call))
            : written;
    }

    private static long Read(OpenFile file, long offset, Span<byte> span) =>
        offset == NoOffset ? file.Read(span) : file.ReadAt(offset, span);

    private static long Write(OpenFile file, long offset, ReadOnlySpan<byte> span) =>
        offset == NoOffset ? file.Write(span) : file.WriteAt(offset, span);
}
