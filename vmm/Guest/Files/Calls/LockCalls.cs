using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>flock(2), and the locks of fcntl(2).</summary>
internal sealed class LockCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const ulong WhenceOffset = 2;
    private const ulong StartOffset = 8;
    private const ulong LengthOffset = 16;
    private const ulong ProcessOffset = 24;

    public override void Register(SystemCallTable table) =>
        table.Add(73, "flock", KernelCostClass.File, LockWhole);

    /// <summary>F_SETLK, F_SETLKW and their forms for open files (F_OFD_).</summary>
    public static SystemCallResult Set(
        SystemCallContext call, OpenFile file, FileDescriptorTable process, bool isOpenFile, bool waits)
    {
        int error = TryRead(call, file, isOpenFile ? file : process, out FileLock wanted);
        if (error != 0)
        {
            return -error;
        }

        bool isAllowed = wanted.Type switch
        {
            FileLocks.Read => file.CanRead,
            FileLocks.Write => file.CanWrite,
            _ => true,
        };
        if (!isAllowed)
        {
            return -Errno.EBADF;
        }

        FileLocks locks = file.Inode.Record.Locks ??= new FileLocks();
        if (wanted.Type != FileLocks.None && locks.FindConflict(wanted) is not null)
        {
            return waits
                ? SystemCallResult.Block(new WaitRequest(
                    [locks.Changed], null, $"lock of {ByteText.ToText(file.Path)}"))
                : -Errno.EAGAIN;
        }

        locks.Set(wanted);
        return 0;
    }

    /// <summary>F_GETLK and F_OFD_GETLK.</summary>
    public static SystemCallResult Get(
        SystemCallContext call, OpenFile file, FileDescriptorTable process, bool isOpenFile)
    {
        int error = TryRead(call, file, isOpenFile ? file : process, out FileLock wanted);
        if (error != 0)
        {
            return -error;
        }

        ulong at = call.Argument(2);
        if (wanted.Type == FileLocks.None)
        {
            return -Errno.EINVAL;
        }

        if (file.Inode.Record.Locks?.FindConflict(wanted) is not { } held)
        {
            return call.Memory.TryWrite(at, FileLocks.None) ? 0 : -Errno.EFAULT;
        }

        long length = held.Last == long.MaxValue ? 0 : held.Last - held.First + 1;
        return call.Memory.TryWrite(at, held.Type)
            && call.Memory.TryWrite(at + WhenceOffset, (short)0)
            && call.Memory.TryWrite(at + StartOffset, held.First)
            && call.Memory.TryWrite(at + LengthOffset, length)
            && call.Memory.TryWrite(at + ProcessOffset, held.ProcessId) ? 0 : -Errno.EFAULT;
    }

    /// <summary>Reads <c>struct flock</c>.</summary>
    /// <returns>0 or a positive errno.</returns>
    private static int TryRead(
        SystemCallContext call, OpenFile file, object owner, out FileLock wanted)
    {
        ulong at = call.Argument(2);
        wanted = new FileLock(owner, owner is OpenFile ? -1 : call.ProcessId, FileLocks.None, 0, 0);
        if (!call.Memory.TryRead(at, out short type)
            || !call.Memory.TryRead(at + WhenceOffset, out short whence)
            || !call.Memory.TryRead(at + StartOffset, out long start)
            || !call.Memory.TryRead(at + LengthOffset, out long length)
            || !call.Memory.TryRead(at + ProcessOffset, out int process))
        {
            return Errno.EFAULT;
        }

        if (owner is OpenFile && process != 0)
        {
            return Errno.EINVAL;
        }

        long? origin = whence switch
        {
            0 => 0,
            1 => Math.Max(0, file.Seek(0, 1)),
            2 => file is SeekableFile seekable ? Math.Max(0, seekable.GetLength()) : 0,
            _ => null,
        };
        if (origin is not { } from || type is < FileLocks.Read or > FileLocks.None)
        {
            return Errno.EINVAL;
        }

        if (start > long.MaxValue - from)
        {
            return Errno.EOVERFLOW;
        }

        long first = from + start;
        long last = length == 0 ? long.MaxValue : unchecked(first + length - 1);
        (first, last) = length < 0 ? (first + length, first - 1) : (first, last);
        if (first < 0)
        {
            return Errno.EINVAL;
        }

        wanted = wanted with { Type = type, First = first, Last = last };
        return last < first ? Errno.EOVERFLOW : 0;
    }

    private SystemCallResult LockWhole(SystemCallContext call)
    {
        const int Shared = 1;
        const int Exclusive = 2;
        const int NonBlocking = 4;
        const int Unlock = 8;
        int operation = call.Int32Argument(1) & ~NonBlocking;
        if (operation is not (Shared or Exclusive or Unlock))
        {
            return -Errno.EINVAL;
        }

        if (!TryGetUsable(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        FileLocks locks = file.Inode.Record.Locks ??= new FileLocks();
        if (operation == Unlock)
        {
            locks.ReleaseWhole(file);
            return 0;
        }

        return locks.TrySetWhole(file, operation == Exclusive) ? 0
            : (call.Int32Argument(1) & NonBlocking) != 0 ? -Errno.EAGAIN
            : SystemCallResult.Block(new WaitRequest(
                [locks.Changed], null, $"flock of {ByteText.ToText(file.Path)}"));
    }
}
