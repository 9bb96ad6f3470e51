using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>stat(2) and statx(2), access(2), statfs(2), and what they show: chmod(2), chown(2),
/// utimensat(2), truncate(2).</summary>
internal sealed class StatusCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int AutomountFlag = 0x800;
    private const int SyncMask = 0x6000;
    private const int EffectiveAccess = 0x200;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.File;
        table.Add(4, "stat", Cost, call => Stat(call, CurrentDirectory, 0, 1, 0));
        table.Add(5, "fstat", Cost, FileStat);
        table.Add(6, "lstat", Cost, call => Stat(call, CurrentDirectory, 0, 1, SymlinkNoFollow));
        table.Add(262, "newfstatat", Cost, StatAt);
        table.Add(332, "statx", Cost, Statx);
        table.Add(21, "access", Cost, call => Access(call, CurrentDirectory, 0, 0));
        table.Add(269, "faccessat", Cost, call => Access(call, call.Int32Argument(0), 1, 0));
        table.Add(439, "faccessat2", Cost, Access2);
        table.Add(137, "statfs", Cost, StatFileSystem);
        table.Add(138, "fstatfs", Cost, FileStatFileSystem);
    }

    private SystemCallResult FileStat(SystemCallContext call) =>
        TryGetFile(call, 0, out OpenFile? file)
            ? WriteStat(call, 1, file.GetStatus())
            : -Errno.EBADF;

    private SystemCallResult StatAt(SystemCallContext call)
    {
        int flags = call.Int32Argument(3);
        return (flags & ~(SymlinkNoFollow | EmptyPath | AutomountFlag)) != 0
            ? -Errno.EINVAL
            : Stat(call, call.Int32Argument(0), 1, 2, flags);
    }

    private SystemCallResult Stat(
        SystemCallContext call, int folder, int pathArgument, int bufferArgument, int flags)
    {
        int error = TryFind(
            call, folder, pathArgument, flags, out Inode? inode, out OpenFile? file);
        return error != 0
            ? -error
            : WriteStat(call, bufferArgument, file?.GetStatus() ?? inode!.GetStatus());
    }

    private static long WriteStat(SystemCallContext call, int argument, in FileStatus status)
    {
        Span<byte> buffer = stackalloc byte[StatBuffer.StatSizeBytes];
        StatBuffer.EncodeStat(status, buffer);
        return call.Memory.TryWrite(call.Argument(argument), buffer) ? 0 : -Errno.EFAULT;
    }

    private SystemCallResult Statx(SystemCallContext call)
    {
        const uint ReservedMask = 0x8000_0000;
        int flags = call.Int32Argument(2);
        bool areFlagsKnown =
            (flags & ~(SymlinkNoFollow | EmptyPath | AutomountFlag | SyncMask)) == 0
            && (flags & SyncMask) != SyncMask;
        if (!areFlagsKnown || ((uint)call.Argument(3) & ReservedMask) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryFind(
            call, call.Int32Argument(0), 1, flags, out Inode? inode, out OpenFile? file);
        if (error != 0)
        {
            return -error;
        }

        Span<byte> buffer = stackalloc byte[StatBuffer.StatxSizeBytes];
        StatBuffer.EncodeStatx(file?.GetStatus() ?? inode!.GetStatus(), buffer);
        return call.Memory.TryWrite(call.Argument(4), buffer) ? 0 : -Errno.EFAULT;
    }

    private SystemCallResult Access2(SystemCallContext call)
    {
        int flags = call.Int32Argument(3);
        return (flags & ~(SymlinkNoFollow | EmptyPath | EffectiveAccess)) != 0
            ? -Errno.EINVAL
            : Access(call, call.Int32Argument(0), 1, flags & ~EffectiveAccess);
    }

    private SystemCallResult Access(
        SystemCallContext call, int folder, int pathArgument, int flags)
    {
        const int Execute = 1;
        const int Write = 2;
        int wanted = call.Int32Argument(pathArgument + 1);
        if ((wanted & ~7) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryFind(call, folder, pathArgument, flags, out Inode? inode);
        if (error != 0)
        {
            return -error;
        }

        bool isNode = inode!.IsDirectory || inode.IsRegular || inode.IsSymbolicLink;
        if ((wanted & Write) != 0 && isNode && inode.Volume.IsReadOnly)
        {
            return -Errno.EROFS;
        }

        const int Read = 4;
        int refused = Files.CheckAccess(inode, (wanted & Read) != 0, (wanted & Write) != 0);
        if (refused != 0)
        {
            return -refused;
        }

        // A privileged user may do all but execute what nobody may.
        bool isExecutable = inode.IsDirectory || (inode.Mode & FileModes.AnyExecute) != 0;
        return (wanted & Execute) != 0 && !isExecutable ? -Errno.EACCES : 0;
    }

    private SystemCallResult StatFileSystem(SystemCallContext call)
    {
        int error = TryFind(call, CurrentDirectory, 0, 0, out Inode? inode);
        return error != 0 ? -error : WriteStatfs(call, inode!.Volume);
    }

    private SystemCallResult FileStatFileSystem(SystemCallContext call) =>
        TryGetFile(call, 0, out OpenFile? file)
            ? WriteStatfs(call, file.Inode.Volume)
            : -Errno.EBADF;

    private static long WriteStatfs(SystemCallContext call, FileVolume volume)
    {
        Span<byte> buffer = stackalloc byte[StatBuffer.StatfsSizeBytes];
        StatBuffer.EncodeStatfs(volume, buffer);
        return call.Memory.TryWrite(call.Argument(1), buffer) ? 0 : -Errno.EFAULT;
    }
}
