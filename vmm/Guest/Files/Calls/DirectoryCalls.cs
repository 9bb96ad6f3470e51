using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Folders and working folder: getdents64(2), chdir(2), getcwd(2), readlink(2).</summary>
internal sealed class DirectoryCalls(NodeFileSystem files) : FileCallGroup(files)
{
    /// <summary>No answer is longer: a caller with a huge buffer calls again.</summary>
    private const int EntriesBytesMax = 1 << 20;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.File;
        table.Add(78, "getdents", Cost, call => ReadEntries(call, isOldLayout: true));
        table.Add(217, "getdents64", Cost, call => ReadEntries(call, isOldLayout: false));
        table.Add(79, "getcwd", KernelCostClass.Trivial, GetWorkingDirectory);
        table.Add(80, "chdir", Cost, ChangeDirectory);
        table.Add(81, "fchdir", Cost, ChangeToOpen);
        table.Add(89, "readlink", Cost, call => ReadLink(call, CurrentDirectory, 0));
        table.Add(267, "readlinkat", Cost, call => ReadLink(call, call.Int32Argument(0), 1));
        table.Add(95, "umask", KernelCostClass.Trivial, SetUmask);
    }

    private SystemCallResult ReadEntries(SystemCallContext call, bool isOldLayout)
    {
        if (!TryGetUsable(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        if (file is not DirectoryFile directory)
        {
            return -Errno.ENOTDIR;
        }

        ulong address = call.Argument(1);
        uint wanted = Math.Min((uint)call.Argument(2), EntriesBytesMax);
        if (wanted == 0)
        {
            return directory.ReadEntries([], isOldLayout);
        }

        if (!call.Memory.TryGetSpan(address, wanted, forWrite: true, out Span<byte> span))
        {
            return -Errno.EFAULT;
        }

        long used = directory.ReadEntries(span, isOldLayout);
        if (used > 0)
        {
            call.Memory.Commit(address, (ulong)used, isStore: true);
        }

        if (used >= 0)
        {
            FileEvents.Tell(file, FileEvent.Access);
        }

        return used;
    }

    private SystemCallResult GetWorkingDirectory(SystemCallContext call)
    {
        DirectoryInode folder = GetProcess(call).WorkingDirectory;
        if (folder.IsRemoved)
        {
            return -Errno.ENOENT;
        }

        byte[] path = ByteText.ToBytes(folder.GetPath() + "\0");
        if ((ulong)path.Length > call.Argument(1))
        {
            return -Errno.ERANGE;
        }

        return call.Memory.TryWrite(call.Argument(0), path) ? path.Length : -Errno.EFAULT;
    }

    private SystemCallResult ChangeDirectory(SystemCallContext call)
    {
        int error = TryFind(call, CurrentDirectory, 0, 0, out Inode? inode);
        return error != 0 ? -error : Enter(call, inode!);
    }

    private SystemCallResult ChangeToOpen(SystemCallContext call) =>
        TryGetFile(call, 0, out OpenFile? file) ? Enter(call, file.Inode) : -Errno.EBADF;

    private SystemCallResult Enter(SystemCallContext call, Inode inode)
    {
        if (inode is not DirectoryInode folder)
        {
            return -Errno.ENOTDIR;
        }

        if (!Files.MaySearch(folder))
        {
            return -Errno.EACCES;
        }

        GetProcess(call).WorkingDirectory = folder;
        return 0;
    }

    private SystemCallResult ReadLink(SystemCallContext call, int folder, int pathArgument)
    {
        int size = call.Int32Argument(pathArgument + 2);
        if (size <= 0)
        {
            return -Errno.EINVAL;
        }

        // An empty path names the link that the descriptor was opened on with O_PATH.
        int flags = SymlinkNoFollow | (pathArgument > 0 ? EmptyPath : 0);
        int error = TryFind(
            call, folder, pathArgument, flags, out Inode? inode, out OpenFile? file);
        if (error != 0)
        {
            return -error;
        }

        if (inode is not SymlinkInode link)
        {
            return file is not null ? -Errno.ENOENT : -Errno.EINVAL;
        }

        error = link.ReadTarget(out string target);
        if (error != 0)
        {
            return -error;
        }

        byte[] text = ByteText.ToBytes(target);
        int length = Math.Min(text.Length, size);
        return call.Memory.TryWrite(call.Argument(pathArgument + 1), text.AsSpan(0, length))
            ? length
            : -Errno.EFAULT;
    }

    private SystemCallResult SetUmask(SystemCallContext call)
    {
        ProcessFiles process = GetProcess(call);
        uint old = process.Umask;
        process.Umask = (uint)call.Argument(0) & 0x1ff;
        return old;
    }
}
