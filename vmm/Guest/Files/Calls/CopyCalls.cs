using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>sendfile(2) and copy_file_range(2): from file to file without the guest's memory.
/// </summary>
internal sealed class CopyCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int ChunkBytes = 64 << 10;
    private const ulong TransferBytesMax = 0x7fff_f000;

    private readonly byte[] _buffer = new byte[ChunkBytes];

    public override void Register(SystemCallTable table)
    {
        table.Add(40, "sendfile", KernelCostClass.File, SendFile);
        table.Add(326, "copy_file_range", KernelCostClass.File, CopyRange);
    }

    private SystemCallResult SendFile(SystemCallContext call)
    {
        if (!TryGetFile(call, 0, out OpenFile? output) || !output.CanWrite
            || !TryGetFile(call, 1, out OpenFile? input) || !input.CanRead)
        {
            return -Errno.EBADF;
        }

        if (!input.IsSeekable || (output.Flags & HostOpen.Append) != 0)
        {
            return -Errno.EINVAL;
        }

        ulong pointer = call.Argument(2);
        long offset = 0;
        if (pointer != 0 && !call.Memory.TryRead(pointer, out offset))
        {
            return -Errno.EFAULT;
        }

        if (offset < 0)
        {
            return -Errno.EINVAL;
        }

        long start = pointer != 0 ? offset : input.Seek(0, 1);
        ulong count = Math.Min(call.Argument(3), TransferBytesMax);
        if (!TryLimit(call, output, null, ref count))
        {
            return -Errno.EFBIG;
        }

        long copied = Copy(input, start, output, null, count);
        if (copied == -Errno.EPIPE)
        {
            Files.BrokenPipe?.BrokenPipe(call);
        }

        if (copied == -Errno.EAGAIN && !output.IsNonBlocking && output.WriteReady is { } room)
        {
            return SystemCallResult.Block(new WaitRequest([room.Queue], null, "sendfile"));
        }

        if (copied <= 0)
        {
            return copied;
        }

        TellCopied(input, output);
        return Finish(call, input, pointer, start + copied, copied);
    }

    private SystemCallResult CopyRange(SystemCallContext call)
    {
        if (!TryGetFile(call, 0, out OpenFile? input) || !input.CanRead
            || !TryGetFile(call, 2, out OpenFile? output) || !output.CanWrite
            || (output.Flags & HostOpen.Append) != 0)
        {
            return -Errno.EBADF;
        }

        if (call.Int32Argument(5) != 0 || !input.Inode.IsRegular || !output.Inode.IsRegular)
        {
            bool isFolder = input.Inode.IsDirectory || output.Inode.IsDirectory;
            return isFolder ? -Errno.EISDIR : -Errno.EINVAL;
        }

        if (!TryReadOffset(call, input, 1, out long from)
            || !TryReadOffset(call, output, 3, out long to))
        {
            return -Errno.EFAULT;
        }

        ulong count = Math.Min(call.Argument(4), TransferBytesMax);
        bool isSame = ReferenceEquals(input.Inode.Record, output.Inode.Record);
        if (from < 0 || to < 0
            || (isSame && from < to + (long)count && to < from + (long)count))
        {
            return -Errno.EINVAL;
        }

        if (!TryLimit(call, output, to, ref count))
        {
            return -Errno.EFBIG;
        }

        long copied = Copy(input, from, output, to, count);
        if (copied > 0)
        {
            TellCopied(input, output);
            long result = Finish(call, output, call.Argument(3), to + copied, copied);
            return result < 0
                ? result
                : Finish(call, input, call.Argument(1), from + copied, copied);
        }

        return copied;
    }

    private static bool TryReadOffset(
        SystemCallContext call, OpenFile file, int argument, out long offset)
    {
        offset = 0;
        ulong pointer = call.Argument(argument);
        if (pointer != 0)
        {
            return call.Memory.TryRead(pointer, out offset);
        }

        offset = file.Seek(0, 1);
        return true;
    }

    private static void TellCopied(OpenFile input, OpenFile output)
    {
        FileEvents.Tell(input, FileEvent.Access);
        FileEvents.Tell(output, FileEvent.Modify);
    }

    /// <summary>Tells the new offset where the caller keeps it.</summary>
    private static long Finish(
        SystemCallContext call, OpenFile file, ulong pointer, long offset, long copied)
    {
        if (pointer == 0)
        {
            file.Seek(offset, 0);
            return copied;
        }

        return call.Memory.TryWrite(pointer, offset) ? copied : -Errno.EFAULT;
    }

    /// <param name="outputOffset">Null writes at the output's own position.</param>
    private long Copy(
        OpenFile input, long offset, OpenFile output, long? outputOffset, ulong count)
    {
        long done = 0;
        while ((ulong)done < count)
        {
            int wanted = (int)Math.Min(count - (ulong)done, ChunkBytes);
            long got = input.ReadAt(offset + done, _buffer.AsSpan(0, wanted));
            if (got <= 0)
            {
                return done > 0 ? done : got;
            }

            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, (int)got);
            long put = outputOffset is { } at
                ? output.WriteAt(at + done, bytes)
                : output.Write(bytes);
            if (put <= 0)
            {
                return done > 0 ? done : put;
            }

            done += put;
        }

        return done;
    }
}
