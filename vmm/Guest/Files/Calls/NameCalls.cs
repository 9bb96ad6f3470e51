using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Making, moving and removing names: mkdir(2), unlink(2), rename(2), link(2) and
/// symlink(2). The order of checks is the Linux kernel's.</summary>
internal sealed class NameCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const uint RenameNoReplace = 1;
    private const uint RenameExchange = 2;
    private const int RemoveDirectoryFlag = 0x200;
    private const uint StickyAndPermissions = 0x3ff;

    /// <summary>Of the newest move, for inotify.</summary>
    private uint _cookie;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.File;
        table.Add(83, "mkdir", Cost, call => MakeDirectory(call, CurrentDirectory, 0));
        table.Add(258, "mkdirat", Cost, call => MakeDirectory(call, call.Int32Argument(0), 1));
        table.Add(84, "rmdir", Cost, call => RemoveDirectory(call, CurrentDirectory, 0));
        table.Add(87, "unlink", Cost, call => Unlink(call, CurrentDirectory, 0));
        table.Add(263, "unlinkat", Cost, UnlinkAt);
        table.Add(82, "rename", Cost, call =>
            Rename(call, (CurrentDirectory, 0), (CurrentDirectory, 1), 0));
        table.Add(264, "renameat", Cost, call =>
            Rename(call, (call.Int32Argument(0), 1), (call.Int32Argument(2), 3), 0));
        table.Add(
            316,
            "renameat2",
            Cost,
            call => Rename(
                call,
                (call.Int32Argument(0), 1),
                (call.Int32Argument(2), 3),
                (uint)call.Argument(4)),
            "RENAME_WHITEOUT: EINVAL");
        table.Add(86, "link", Cost, call =>
            Link(call, (CurrentDirectory, 0), (CurrentDirectory, 1), 0));
        table.Add(265, "linkat", Cost, call => Link(
            call,
            (call.Int32Argument(0), 1),
            (call.Int32Argument(2), 3),
            call.Int32Argument(4)));
        table.Add(88, "symlink", Cost, call => MakeSymlink(call, CurrentDirectory, 1));
        table.Add(266, "symlinkat", Cost, call => MakeSymlink(call, call.Int32Argument(1), 2));
        const string NoDevices =
            "devices: EPERM; FIFOs and sockets are seen by the guest alone and can't be linked";
        table.Add(133, "mknod", Cost, call => MakeNode(call, CurrentDirectory, 0), NoDevices);
        table.Add(
            259, "mknodat", Cost, call => MakeNode(call, call.Int32Argument(0), 1), NoDevices);
    }

    private SystemCallResult MakeDirectory(SystemCallContext call, int folder, int pathArgument)
    {
        int error = TryResolveNew(call, folder, pathArgument, true, out PathLookup place);
        if (error != 0)
        {
            return -error;
        }

        uint mode = (uint)call.Argument(pathArgument + 1) & StickyAndPermissions
            & ~GetProcess(call).Umask;
        return Made(place, place.Parent!.MakeDirectory(place.Name, mode), isFolder: true);
    }

    private SystemCallResult MakeSymlink(SystemCallContext call, int folder, int pathArgument)
    {
        int error = TryReadPath(call, 0, out string target);
        if (error == 0 && target.Length == 0)
        {
            error = Errno.ENOENT;
        }

        if (error == 0)
        {
            error = TryResolveNew(call, folder, pathArgument, false, out PathLookup place);
            return error != 0 ? -error
                : Made(place, place.Parent!.MakeSymlink(place.Name, target), isFolder: false);
        }

        return -error;
    }

    /// <summary>A name has been made, or why it could not be.</summary>
    private static long Made(in PathLookup place, int error, bool isFolder)
    {
        if (error == 0)
        {
            FileEvents.TellName(place.Parent!, place.Name, isFolder, FileEvent.Create);
        }

        return -error;
    }

    private SystemCallResult MakeNode(SystemCallContext call, int folder, int pathArgument)
    {
        uint mode = (uint)call.Argument(pathArgument + 1);
        uint type = mode & FileModes.TypeMask;
        bool isNode = type is FileModes.Pipe or FileModes.Socket;
        if (!isNode && type is not (0 or FileModes.Regular))
        {
            // Devices need a right that no guest has.
            bool isKnown = type is FileModes.Directory or FileModes.CharacterDevice
                or FileModes.BlockDevice;
            return isKnown ? -Errno.EPERM : -Errno.EINVAL;
        }

        int error = TryResolveNew(call, folder, pathArgument, false, out PathLookup place);
        uint permissions = mode & FileModes.PermissionMask & ~GetProcess(call).Umask;
        return error != 0 ? -error
            : isNode ? -place.Parent!.MakeNode(place.Name, type | permissions, out _)
            : Made(place, place.Parent!.CreateFile(place.Name, permissions, out _), isFolder: false);
    }

    /// <summary>The place of a name that must not exist yet.</summary>
    private int TryResolveNew(
        SystemCallContext call,
        int folder,
        int pathArgument,
        bool isDirectory,
        out PathLookup place)
    {
        int error = TryResolvePlace(call, folder, pathArgument, out place);
        return error != 0 ? error
            : place.NameError != 0 ? place.NameError
            : place.Target is not null ? Errno.EEXIST
            : place.HasTrailingSlash && !isDirectory ? Errno.ENOENT
            : Files.CheckChange(place.Parent!);
    }

    private SystemCallResult UnlinkAt(SystemCallContext call)
    {
        int flags = call.Int32Argument(2);
        if ((flags & ~RemoveDirectoryFlag) != 0)
        {
            return -Errno.EINVAL;
        }

        int folder = call.Int32Argument(0);
        return flags != 0 ? RemoveDirectory(call, folder, 1) : Unlink(call, folder, 1);
    }

    private SystemCallResult Unlink(SystemCallContext call, int folder, int pathArgument)
    {
        int error = TryResolvePlace(call, folder, pathArgument, out PathLookup place);
        if (error != 0)
        {
            return -error;
        }

        if (!place.IsPlainName)
        {
            return -Errno.EISDIR;
        }

        if (place.Parent!.Volume.IsReadOnly)
        {
            return -Errno.EROFS;
        }

        if (place.Target is null)
        {
            return place.NameError != 0 ? -place.NameError : -Errno.ENOENT;
        }

        if (place.Target.IsDirectory)
        {
            return -Errno.EISDIR;
        }

        return place.HasTrailingSlash ? -Errno.ENOTDIR
            : Files.CheckChange(place.Parent!) is var refused and not 0 ? -refused
            : place.Parent!.IsMountPoint(place.Name) ? -Errno.EBUSY
            : RemoveName(place);
    }

    private static long RemoveName(in PathLookup place)
    {
        uint links = place.Target!.GetStatus().LinkCount;
        int error = 0;
        if (place.Target is NodeInode)
        {
            place.Parent!.RemoveNode(place.Name);
        }
        else
        {
            error = place.Parent!.Unlink(place.Name);
        }

        return Removed(place, links, error);
    }

    private static long Removed(in PathLookup place, uint linksBefore, int error)
    {
        if (error == 0)
        {
            FileEvents.TellRemoved(place.Parent!, place.Name, place.Target!, linksBefore);
        }

        return -error;
    }

    private SystemCallResult RemoveDirectory(SystemCallContext call, int folder, int pathArgument)
    {
        int error = TryResolvePlace(call, folder, pathArgument, out PathLookup place);
        if (error != 0)
        {
            return -error;
        }

        switch (place.Name)
        {
            case "..":
                return -Errno.ENOTEMPTY;
            case ".":
                return -Errno.EINVAL;
            case "/":
                return -Errno.EBUSY;
        }

        if (place.Parent!.Volume.IsReadOnly)
        {
            return -Errno.EROFS;
        }

        return place.NameError != 0 ? -place.NameError
            : place.Target is null ? -Errno.ENOENT
            : Files.CheckChange(place.Parent!) is var refused and not 0 ? -refused
            : !place.Target.IsDirectory ? -Errno.ENOTDIR
            : place.Target is DirectoryInode { HasNodes: true } ? -Errno.ENOTEMPTY
            : Removed(place, 1, place.Parent.RemoveDirectory(place.Name));
    }

    private SystemCallResult Rename(
        SystemCallContext call,
        (int Folder, int PathArgument) from,
        (int Folder, int PathArgument) to,
        uint flags)
    {
        const uint Both = RenameNoReplace | RenameExchange;
        if ((flags & ~Both) != 0 || flags == Both)
        {
            return -Errno.EINVAL;
        }

        int error = TryResolvePlace(call, from.Folder, from.PathArgument, out PathLookup source);
        if (error == 0)
        {
            error = TryResolvePlace(call, to.Folder, to.PathArgument, out PathLookup target);
            if (error == 0)
            {
                error = CheckRename(source, target, flags);
            }

            if (error == 0)
            {
                int refused = Files.CheckChange(source.Parent!);
                error = refused != 0 ? refused : Files.CheckChange(target.Parent!);
            }

            if (error == 0)
            {
                error = Move(source, target, flags);
            }
        }

        return -error;
    }

    private int Move(in PathLookup source, in PathLookup target, uint flags)
    {
        Inode moved = source.Target!;
        Inode? replaced = target.Target;
        bool isSame = replaced is not null && ReferenceEquals(moved.Record, replaced.Record);
        bool isExchange = (flags & RenameExchange) != 0;
        uint links = replaced?.GetStatus().LinkCount ?? 0;
        int error = moved is NodeInode || replaced is NodeInode
            ? RenameNode(source, target, flags)
            : source.Parent!.Rename(source.Name, target.Parent!, target.Name, flags);
        if (error != 0 || isSame)
        {
            return error;
        }

        Files.Renamed(source, target, isExchange);
        FileEvents.TellMoved(source, target, moved, isExchange ? null : replaced, ++_cookie);
        if (isExchange)
        {
            FileEvents.TellMoved(target, source, replaced!, null, ++_cookie);
        }
        else if (replaced is not null)
        {
            FileEvents.TellGone(replaced, links);
        }

        return 0;
    }

    /// <summary>A FIFO or socket is moved, or another file takes its name.</summary>
    private static int RenameNode(in PathLookup source, in PathLookup target, uint flags)
    {
        if ((flags & RenameExchange) != 0)
        {
            return Errno.EINVAL;
        }

        if (source.Target is not NodeInode node)
        {
            if (source.Target!.IsDirectory)
            {
                return Errno.ENOTDIR;
            }

            target.Parent!.RemoveNode(target.Name);
            return source.Parent!.Rename(source.Name, target.Parent, target.Name, flags);
        }

        if (target.Target is { IsDirectory: true })
        {
            return Errno.EISDIR;
        }

        if (ReferenceEquals(source.Target, target.Target))
        {
            return 0;
        }

        int error = target.Target switch
        {
            null => 0,
            NodeInode => RemoveNode(target),
            _ => target.Parent!.Unlink(target.Name),
        };
        if (error == 0)
        {
            source.Parent!.RemoveNode(source.Name);
            target.Parent!.PutNode(target.Name, node);
        }

        return error;
    }

    private static int RemoveNode(in PathLookup place)
    {
        place.Parent!.RemoveNode(place.Name);
        return 0;
    }

    private static int CheckRename(in PathLookup source, in PathLookup target, uint flags)
    {
        DirectoryInode folder = source.Parent!;
        if (!ReferenceEquals(folder.Volume, target.Parent!.Volume))
        {
            return Errno.EXDEV;
        }

        if (!source.IsPlainName)
        {
            return Errno.EBUSY;
        }

        if (!target.IsPlainName)
        {
            return (flags & RenameNoReplace) != 0 ? Errno.EEXIST : Errno.EBUSY;
        }

        if (folder.Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        return CheckRenameTargets(source, target, flags);
    }

    private static int CheckRenameTargets(in PathLookup source, in PathLookup target, uint flags)
    {
        bool isExchange = (flags & RenameExchange) != 0;
        int nameError = source.NameError != 0 ? source.NameError
            : source.Target is null ? Errno.ENOENT
            : target.NameError;
        if (nameError != 0)
        {
            return nameError;
        }

        if (source.Target is null || (isExchange && target.Target is null))
        {
            return Errno.ENOENT;
        }

        if (target.Target is not null && (flags & RenameNoReplace) != 0)
        {
            return Errno.EEXIST;
        }

        if (isExchange && target.HasTrailingSlash && !target.Target!.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        bool needsFolder = source.HasTrailingSlash || (!isExchange && target.HasTrailingSlash);
        if (!source.Target.IsDirectory && needsFolder)
        {
            return Errno.ENOTDIR;
        }

        if (source.Target is DirectoryInode moved && target.Parent!.IsWithin(moved))
        {
            return Errno.EINVAL;
        }

        if (target.Target is DirectoryInode replaced && source.Parent!.IsWithin(replaced))
        {
            return isExchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        }

        bool isMount = source.Parent!.IsMountPoint(source.Name)
            || target.Parent!.IsMountPoint(target.Name);
        return isMount ? Errno.EBUSY : 0;
    }

    private SystemCallResult Link(
        SystemCallContext call,
        (int Folder, int PathArgument) from,
        (int Folder, int PathArgument) to,
        int flags)
    {
        if ((flags & ~(SymlinkFollow | EmptyPath)) != 0)
        {
            return -Errno.EINVAL;
        }

        int findFlags = (flags & EmptyPath)
            | ((flags & SymlinkFollow) != 0 ? 0 : SymlinkNoFollow);
        int error = TryFind(call, from.Folder, from.PathArgument, findFlags, out Inode? inode);
        if (error == 0)
        {
            error = TryResolveNew(call, to.Folder, to.PathArgument, false, out PathLookup place);
            if (error == 0)
            {
                DirectoryInode folder = place.Parent!;
                error = folder.Volume.IsReadOnly ? Errno.EROFS
                    : !ReferenceEquals(folder.Volume, inode!.Volume) ? Errno.EXDEV
                    : inode.IsDirectory ? Errno.EPERM
                    : folder.Link(place.Name, inode);
                if (error == 0)
                {
                    FileEvents.TellLinked(folder, place.Name, inode!);
                }
            }
        }

        return -error;
    }
}
