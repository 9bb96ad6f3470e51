using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>process_vm_readv(2) and process_vm_writev(2): from memory to memory of processes.
/// </summary>
internal static class MemoryTransferCalls
{
    private const int SegmentsMax = 1024;
    private const int ChunkBytes = 64 << 10;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(
            310, "process_vm_readv", KernelCostClass.Memory, c => Transfer(c, isRead: true));
        table.AddKernel(
            311, "process_vm_writev", KernelCostClass.Memory, c => Transfer(c, isRead: false));
    }

    private static SystemCallResult Transfer(KernelCall call, bool isRead)
    {
        if (call.Argument(5) != 0)
        {
            return -Errno.EINVAL;
        }

        int ownError = TryReadSegments(call, 1, out IoSegment[] own);
        int theirError = TryReadSegments(call, 3, out IoSegment[] theirs);
        if (ownError != 0 || theirError != 0)
        {
            return ownError != 0 ? -ownError : -theirError;
        }

        if (!call.Kernel.Processes.TryFind(call.Int32Argument(0), out GuestProcess? process)
            || process.End is not null)
        {
            return -Errno.ESRCH;
        }

        var source = new SegmentCursor(isRead ? theirs : own);
        var target = new SegmentCursor(isRead ? own : theirs);
        AddressSpace other = process.Memory;
        AddressSpace self = call.Process.Memory;
        return Copy(call, (isRead ? other : self, source), (isRead ? self : other, target));
    }

    private static SystemCallResult Copy(
        KernelCall call,
        (AddressSpace Memory, SegmentCursor At) source,
        (AddressSpace Memory, SegmentCursor At) target)
    {
        byte[] buffer = new byte[ChunkBytes];
        long done = 0;
        while (source.At.TryGet(out ulong from, out ulong readable)
            && target.At.TryGet(out ulong to, out ulong writable))
        {
            int wanted = (int)Math.Min(Math.Min(readable, writable), ChunkBytes);
            int moved = 0;
            call.Kernel.UserMemory.Lend(source.Memory, () => moved = Read(call, from, buffer, wanted));
            int got = moved;
            call.Kernel.UserMemory.Lend(target.Memory, () => moved = Write(call, to, buffer, got));
            if (moved == 0)
            {
                return done > 0 ? done : -Errno.EFAULT;
            }

            done += moved;
            source.At.Advance(moved);
            target.At.Advance(moved);
        }

        return done;
    }

    private static int Read(KernelCall call, ulong address, byte[] buffer, int wanted)
    {
        if (!call.Memory.TryGetSpan(address, (ulong)wanted, forWrite: false, out Span<byte> span))
        {
            return 0;
        }

        span.CopyTo(buffer);
        call.Memory.Commit(address, (ulong)span.Length, isStore: false);
        return span.Length;
    }

    private static int Write(KernelCall call, ulong address, byte[] buffer, int count)
    {
        if (count == 0
            || !call.Memory.TryGetSpan(address, (ulong)count, forWrite: true, out Span<byte> span))
        {
            return 0;
        }

        buffer.AsSpan(0, span.Length).CopyTo(span);
        call.Memory.Commit(address, (ulong)span.Length, isStore: true);
        return span.Length;
    }

    private static int TryReadSegments(KernelCall call, int argument, out IoSegment[] segments)
    {
        segments = [];
        if (call.Argument(argument + 1) > SegmentsMax)
        {
            return Errno.EINVAL;
        }

        segments = new IoSegment[call.Argument(argument + 1)];
        for (int i = 0; i < segments.Length; i++)
        {
            ulong at = call.Argument(argument) + ((ulong)i * 16);
            if (!call.Memory.TryRead(at, out segments[i]))
            {
                return Errno.EFAULT;
            }

            if ((long)segments[i].LengthBytes < 0)
            {
                return Errno.EINVAL;
            }
        }

        return 0;
    }

    /// <summary>A place in a list of segments.</summary>
    private sealed class SegmentCursor(IoSegment[] segments)
    {
        private int _index;
        private ulong _done;

        /// <returns>False behind the last byte.</returns>
        public bool TryGet(out ulong address, out ulong rest)
        {
            while (_index < segments.Length && _done == segments[_index].LengthBytes)
            {
                (_index, _done) = (_index + 1, 0);
            }

            bool isThere = _index < segments.Length;
            address = isThere ? segments[_index].Address + _done : 0;
            rest = isThere ? segments[_index].LengthBytes - _done : 0;
            return isThere;
        }

        public void Advance(int count) => _done += (ulong)count;
    }
}
