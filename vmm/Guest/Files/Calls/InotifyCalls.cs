using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>inotify(7).</summary>
internal sealed class InotifyCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const string Missing =
        "IN_UNMOUNT never comes; what is done to a granted folder from outside, by mappings and by exec is not told";

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.File;
        table.Add(253, "inotify_init", Cost, call => Create(call, 0));
        table.Add(294, "inotify_init1", Cost, call => Create(call, call.Int32Argument(0)));
        table.Add(254, "inotify_add_watch", Cost, AddWatch, Missing);
        table.Add(255, "inotify_rm_watch", Cost, RemoveWatch);
    }

    private SystemCallResult Create(SystemCallContext call, int flags)
    {
        if ((flags & ~(HostOpen.CloseOnExec | HostOpen.NonBlocking)) != 0)
        {
            return -Errno.EINVAL;
        }

        AnonymousInode inode = new(Files.Anonymous, Files.Anonymous.CreateRecord());
        return GetProcess(call).AddFile(
            new InotifyFile(inode, flags & HostOpen.NonBlocking), flags);
    }

    private SystemCallResult AddWatch(SystemCallContext call)
    {
        const uint Both = FileWatch.MaskAdd | FileWatch.MaskCreate;
        const uint Known = FileEvent.All | Both | FileWatch.OnlyFolder | FileWatch.DontFollow
            | FileWatch.ExcludeUnlinked | FileWatch.OneShot | FileEvent.IsFolder
            | FileEvent.Ignored | FileEvent.QueueOverflow;
        uint mask = (uint)call.Argument(2);
        if ((mask & Known) == 0)
        {
            return -Errno.EINVAL;
        }

        if (!TryGetUsable(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        if ((mask & Both) == Both || file is not InotifyFile watching)
        {
            return -Errno.EINVAL;
        }

        int flags = (mask & FileWatch.DontFollow) != 0 ? SymlinkNoFollow : 0;
        int error = TryFind(call, CurrentDirectory, 1, flags, out Inode? inode);
        return error != 0 ? -error
            : (mask & FileWatch.OnlyFolder) != 0 && !inode!.IsDirectory ? -Errno.ENOTDIR
            : Files.CheckAccess(inode!, isReading: true, isWriting: false) is var refused and not 0
                ? -refused
            : watching.Watch(inode!.Record, mask);
    }

    private SystemCallResult RemoveWatch(SystemCallContext call) =>
        !TryGetUsable(call, 0, out OpenFile? file) ? -Errno.EBADF
        : file is InotifyFile watching && watching.Remove(call.Int32Argument(1))
            ? 0 : -Errno.EINVAL;
}
