using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>chmod(2), chown(2), utimensat(2), truncate(2), fsync(2) and extended attributes.
/// </summary>
internal sealed class AttributeCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const long SetToNow = 0x3fff_ffff;
    private const long Omit = 0x3fff_fffe;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.File;
        table.Add(76, "truncate", Cost, Truncate);
        table.Add(77, "ftruncate", Cost, TruncateOpen);
        table.Add(285, "fallocate", Cost, Allocate);
        table.Add(74, "fsync", Cost, Synchronize);
        table.Add(75, "fdatasync", Cost, Synchronize);
        table.Add(277, "sync_file_range", Cost, SynchronizeRange);
        table.Add(306, "syncfs", Cost, call => TryGetUsable(call, 0, out _) ? 0 : -Errno.EBADF);
        table.Add(162, "sync", Cost, _ => 0);
        table.Add(221, "fadvise64", KernelCostClass.Trivial, Advise, "checked, without an effect");
        table.Add(187, "readahead", KernelCostClass.Trivial, ReadAhead, "checked, without an effect");
        table.Add(90, "chmod", Cost, call => ChangeMode(call, CurrentDirectory, 0, 0));
        table.Add(91, "fchmod", Cost, ChangeModeOpen);
        table.Add(268, "fchmodat", Cost, call => ChangeMode(call, call.Int32Argument(0), 1, 0));
        table.Add(452, "fchmodat2", Cost, call =>
            (call.Int32Argument(3) & ~(SymlinkNoFollow | EmptyPath)) != 0
                ? -Errno.EINVAL
                : ChangeMode(call, call.Int32Argument(0), 1, call.Int32Argument(3)));
        table.Add(92, "chown", Cost, call => ChangeOwner(call, CurrentDirectory, 0, 0));
        table.Add(93, "fchown", Cost, ChangeOwnerOpen);
        table.Add(94, "lchown", Cost, call =>
            ChangeOwner(call, CurrentDirectory, 0, SymlinkNoFollow));
        table.Add(260, "fchownat", Cost, call =>
            ChangeOwner(call, call.Int32Argument(0), 1, call.Int32Argument(4)));
        table.Add(132, "utime", Cost, call => ChangeTimes(call, CurrentDirectory, 0, 1, Seconds));
        table.Add(235, "utimes", Cost, call => ChangeTimes(call, CurrentDirectory, 0, 1, Micro));
        table.Add(261, "futimesat", Cost, call =>
            ChangeTimes(call, call.Int32Argument(0), 1, 2, Micro));
        table.Add(280, "utimensat", Cost, call =>
            ChangeTimes(call, call.Int32Argument(0), 1, 2, Nano));
        RegisterExtended(table, Cost);
    }

    private const int Seconds = 0;
    private const int Micro = 1;
    private const int Nano = 2;
    private const int AdviceMax = 5;

    private const string NoAttributes = "EOPNOTSUPP: no file system has extended attributes";

    private void RegisterExtended(SystemCallTable table, KernelCostClass cost)
    {
        // No file has extended attributes, and none can be given one.
        table.Add(188, "setxattr", cost, call => Extended(call, 0, Errno.EOPNOTSUPP), NoAttributes);
        table.Add(189, "lsetxattr", cost, call =>
            Extended(call, SymlinkNoFollow, Errno.EOPNOTSUPP), NoAttributes);
        table.Add(190, "fsetxattr", cost, call => ExtendedOpen(call, Errno.EOPNOTSUPP), NoAttributes);
        table.Add(191, "getxattr", cost, call => Extended(call, 0, Errno.ENODATA));
        table.Add(192, "lgetxattr", cost, call => Extended(call, SymlinkNoFollow, Errno.ENODATA));
        table.Add(193, "fgetxattr", cost, call => ExtendedOpen(call, Errno.ENODATA));
        table.Add(194, "listxattr", cost, call => Extended(call, 0, 0));
        table.Add(195, "llistxattr", cost, call => Extended(call, SymlinkNoFollow, 0));
        table.Add(196, "flistxattr", cost, call => ExtendedOpen(call, 0));
        table.Add(197, "removexattr", cost, call => Extended(call, 0, Errno.ENODATA));
        table.Add(198, "lremovexattr", cost, call =>
            Extended(call, SymlinkNoFollow, Errno.ENODATA));
        table.Add(199, "fremovexattr", cost, call => ExtendedOpen(call, Errno.ENODATA));
    }

    private SystemCallResult Extended(SystemCallContext call, int flags, int result)
    {
        int error = TryFind(call, CurrentDirectory, 0, flags, out _);
        if (error == 0 && result != 0)
        {
            error = TryReadPath(call, 1, out _);
        }

        return error != 0 ? -error : -result;
    }

    private SystemCallResult ExtendedOpen(SystemCallContext call, int result) =>
        TryGetUsable(call, 0, out _) ? -result : -Errno.EBADF;

    private SystemCallResult Truncate(SystemCallContext call)
    {
        long length = (long)call.Argument(1);
        if (length < 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryFindNamed(call, CurrentDirectory, 0, 0, out FoundFile found);
        Inode inode = found.Inode;
        return error != 0 ? -error
            : inode.IsDirectory ? -Errno.EISDIR
            : !inode.IsRegular ? -Errno.EINVAL
            : inode.Volume.IsReadOnly ? -Errno.EROFS
            : Files.CheckAccess(inode, false, isWriting: true) is var refused and not 0 ? -refused
            : !MayGrow(call, inode, length) ? -Errno.EFBIG
            : Changed(found, FileEvent.Modify, -inode.Truncate(length));
    }

    private SystemCallResult TruncateOpen(SystemCallContext call)
    {
        long length = (long)call.Argument(1);
        return length < 0 ? -Errno.EINVAL
            : !TryGetUsable(call, 0, out OpenFile? file) ? -Errno.EBADF
            : !file.CanWrite || !file.Inode.IsRegular ? -Errno.EINVAL
            : !MayGrow(call, file.Inode, length) ? -Errno.EFBIG
            : Changed(Found(file), FileEvent.Modify, file.Truncate(length));
    }

    private SystemCallResult Allocate(SystemCallContext call)
    {
        long offset = (long)call.Argument(2);
        long length = (long)call.Argument(3);
        if (!TryGetUsable(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        return offset < 0 || length <= 0 ? -Errno.EINVAL
            : !file.CanWrite ? -Errno.EBADF
            : length <= long.MaxValue - offset && !MayGrow(call, file.Inode, offset + length)
                ? -Errno.EFBIG
            : Changed(
                Found(file),
                FileEvent.Modify,
                file.Allocate(call.Int32Argument(1), offset, length));
    }

    private SystemCallResult Synchronize(SystemCallContext call) =>
        TryGetUsable(call, 0, out OpenFile? file) ? file.Synchronize() : -Errno.EBADF;

    private SystemCallResult Advise(SystemCallContext call) =>
        !TryGetUsable(call, 0, out OpenFile? file) ? -Errno.EBADF
        : !file.IsSeekable ? -Errno.ESPIPE
        : call.Int32Argument(3) is < 0 or > AdviceMax ? -Errno.EINVAL : 0;

    private SystemCallResult ReadAhead(SystemCallContext call) =>
        !TryGetUsable(call, 0, out OpenFile? file) || !file.CanRead ? -Errno.EBADF
        : file.Inode.IsRegular ? 0 : -Errno.EINVAL;

    private SystemCallResult SynchronizeRange(SystemCallContext call)
    {
        const int KnownFlags = 7;
        long offset = (long)call.Argument(1);
        long count = (long)call.Argument(2);
        return !TryGetUsable(call, 0, out OpenFile? file) ? -Errno.EBADF
            : (call.Int32Argument(3) & ~KnownFlags) != 0 || offset < 0 || count < 0 ? -Errno.EINVAL
            : !(file.Inode.IsRegular || file.Inode.IsDirectory) ? -Errno.ESPIPE
            : file.Synchronize();
    }

    private SystemCallResult ChangeMode(
        SystemCallContext call, int folder, int pathArgument, int flags)
    {
        int error = TryFindNamed(call, folder, pathArgument, flags, out FoundFile found);
        return error != 0 ? -error : ChangeMode(call, found, pathArgument + 1);
    }

    private SystemCallResult ChangeModeOpen(SystemCallContext call) =>
        TryGetUsable(call, 0, out OpenFile? file)
            ? ChangeMode(call, Found(file), 1)
            : -Errno.EBADF;

    private static long ChangeMode(SystemCallContext call, in FoundFile found, int argument) =>
        found.Inode.Volume.IsReadOnly ? -Errno.EROFS
        : found.Inode.IsSymbolicLink ? -Errno.EOPNOTSUPP
        : Changed(
            found,
            FileEvent.Attributes,
            -found.Inode.ChangeMode((uint)call.Argument(argument) & FileModes.PermissionMask));

    private SystemCallResult ChangeOwner(
        SystemCallContext call, int folder, int pathArgument, int flags)
    {
        if ((flags & ~(SymlinkNoFollow | EmptyPath)) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryFindNamed(call, folder, pathArgument, flags, out FoundFile found);
        return error != 0 ? -error : ChangeOwner(call, found, pathArgument + 1);
    }

    private SystemCallResult ChangeOwnerOpen(SystemCallContext call) =>
        TryGetUsable(call, 0, out OpenFile? file)
            ? ChangeOwner(call, Found(file), 1)
            : -Errno.EBADF;

    private long ChangeOwner(SystemCallContext call, in FoundFile found, int argument)
    {
        Inode inode = found.Inode;
        uint user = (uint)call.Argument(argument);
        uint group = (uint)call.Argument(argument + 1);
        uint own = Files.Clock.UserId;
        bool isOthers = inode.Record.UserId != own;
        if (own != 0
            && ((user != uint.MaxValue && (isOthers || user != own))
                || (group != uint.MaxValue && (isOthers || group != Files.Clock.GroupId))))
        {
            return inode.Volume.IsReadOnly ? -Errno.EROFS : -Errno.EPERM;
        }

        long result = -inode.ChangeOwner(
            user == uint.MaxValue ? null : user, group == uint.MaxValue ? null : group);
        return user == uint.MaxValue && group == uint.MaxValue
            ? result
            : Changed(found, FileEvent.Attributes, result);
    }

    private SystemCallResult ChangeTimes(
        SystemCallContext call, int folder, int pathArgument, int timesArgument, int format)
    {
        int error = TryReadTimes(call, timesArgument, format, out UnixTime?[] times);
        if (error != 0)
        {
            return -error;
        }

        if (times[0] is null && times[1] is null)
        {
            return 0;
        }

        int flags = format == Nano ? call.Int32Argument(3) : 0;
        if ((flags & ~(SymlinkNoFollow | EmptyPath)) != 0)
        {
            return -Errno.EINVAL;
        }

        if (format != Seconds && pathArgument > 0 && call.Argument(pathArgument) == 0)
        {
            if (folder == CurrentDirectory)
            {
                return -Errno.EFAULT;
            }

            return !TryGetUsable(call, 0, out OpenFile? file)
                ? -Errno.EBADF
                : ChangeTimes(Found(file), times);
        }

        error = TryFindNamed(call, folder, pathArgument, flags, out FoundFile found);
        return error != 0 ? -error : ChangeTimes(found, times);
    }

    private static long ChangeTimes(in FoundFile found, UnixTime?[] times) => Changed(
        found,
        times[1] is null ? FileEvent.Access
            : times[0] is null ? FileEvent.Modify : FileEvent.Attributes,
        -found.Inode.ChangeTimes(times[0], times[1]));

    /// <summary>Reads access and modification time; null is left as it is.</summary>
    private int TryReadTimes(
        SystemCallContext call, int argument, int format, out UnixTime?[] times)
    {
        UnixTime now = Files.Clock.Now;
        times = [now, now];
        ulong address = call.Argument(argument);
        if (address == 0)
        {
            return 0;
        }

        for (int i = 0; i < times.Length; i++)
        {
            long fraction = 0;
            ulong at = address + ((ulong)i * (format == Seconds ? 8UL : 16UL));
            if (!call.Memory.TryRead(at, out long seconds)
                || (format != Seconds && !call.Memory.TryRead(at + 8, out fraction)))
            {
                return Errno.EFAULT;
            }

            if (format == Nano && fraction is SetToNow or Omit)
            {
                times[i] = fraction == Omit ? null : now;
                continue;
            }

            long limit = format == Micro ? 1_000_000 : 1_000_000_000;
            if (fraction < 0 || fraction >= limit)
            {
                return Errno.EINVAL;
            }

            times[i] = new UnixTime(
                seconds, (uint)(format == Micro ? fraction * 1_000 : fraction));
        }

        return 0;
    }
}
