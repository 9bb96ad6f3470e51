using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>open(2), close(2), dup(2), fcntl(2) and lseek(2).</summary>
internal sealed class OpenCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int DuplicateCommand = 0;
    private const int GetDescriptorFlags = 1;
    private const int SetDescriptorFlags = 2;
    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;
    private const int GetLock = 5;
    private const int SetLock = 6;
    private const int SetLockWait = 7;
    private const int SetOwner = 8;
    private const int GetOwner = 9;
    private const int SetSignal = 10;
    private const int GetSignal = 11;
    private const int SetOwnerEx = 15;
    private const int GetOwnerEx = 16;
    private const int OpenGetLock = 36;
    private const int OpenSetLock = 37;
    private const int OpenSetLockWait = 38;
    private const int DuplicateCloseOnExec = 1030;
    private const int SetPipeSize = 1031;
    private const int GetPipeSize = 1032;
    private const int AddSeals = 1033;
    private const int GetSeals = 1034;

    private const int TemporaryFile = 0x410000;

    private const string NoTemporary = "O_TMPFILE: EOPNOTSUPP; O_DIRECT and O_SYNC change nothing";

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.File;
        table.Add(2, "open", Cost, call => Open(call, CurrentDirectory, 0), NoTemporary);
        table.Add(85, "creat", Cost, Create);
        table.Add(257, "openat", Cost, call => Open(call, call.Int32Argument(0), 1), NoTemporary);
        table.Add(3, "close", Cost, Close);
        table.Add(436, "close_range", Cost, CloseRange);
        table.Add(8, "lseek", Cost, Seek);
        table.Add(32, "dup", Cost, Duplicate);
        table.Add(33, "dup2", Cost, Duplicate2);
        table.Add(292, "dup3", Cost, Duplicate3);
        table.Add(
            72,
            "fcntl",
            Cost,
            Control,
            "leases and notification: EINVAL; nobody is sent SIGIO; a deadlock of locks is not EDEADLK");
        table.Add(
            319, "memfd_create", Cost, CreateMemoryFile, "MFD_HUGETLB: EINVAL");
    }

    private SystemCallResult Open(SystemCallContext call, int folder, int pathArgument) =>
        OpenWith(
            call,
            folder,
            pathArgument,
            call.Int32Argument(pathArgument + 1),
            (uint)call.Int32Argument(pathArgument + 2));

    private SystemCallResult Create(SystemCallContext call) =>
        OpenWith(
            call,
            CurrentDirectory,
            0,
            HostOpen.Create | HostOpen.WriteOnly | HostOpen.Truncate,
            (uint)call.Int32Argument(1));

    private SystemCallResult OpenWith(
        SystemCallContext call, int folder, int pathArgument, int flags, uint permissions)
    {
        if (call.IsRetry)
        {
            return AwaitOtherEnd(call, GetProcess(call), Files.GetPending(call));
        }

        if ((flags & TemporaryFile) == TemporaryFile)
        {
            return -Errno.EOPNOTSUPP;
        }

        const int CreatedFolder = HostOpen.Create | HostOpen.Directory;
        if ((flags & CreatedFolder) == CreatedFolder)
        {
            return -Errno.EINVAL;
        }

        int error = TryReadPath(call, pathArgument, out string path);
        if (error == 0)
        {
            error = TryGetStart(call, folder, path, out DirectoryInode start);
            if (error == 0)
            {
                ProcessFiles process = GetProcess(call);
                error = Files.Open(process, start, path, flags, permissions, out OpenFile? file);
                if (error == 0 && !file!.IsPathOnly)
                {
                    FileEvents.Tell(file, FileEvent.Open);
                }

                if (error == 0 && file is PipeEnd { Inode: NodeInode } end)
                {
                    return OpenFifo(call, process, end, flags);
                }

                if (error == 0)
                {
                    return AddDescriptor(
                        process, file!, (flags & HostOpen.CloseOnExec) != 0);
                }
            }
        }

        return -error;
    }

    /// <summary>An end of a FIFO is open once the other one has been opened (fifo(7)). It has its
    /// descriptor while it waits, so that it goes with its process.</summary>
    private SystemCallResult OpenFifo(
        SystemCallContext call, ProcessFiles process, PipeEnd end, int flags)
    {
        Pipe pipe = end.Pipe;
        bool isAlone = (!end.CanWrite && pipe.WriterCount == 0)
            || (!end.CanRead && pipe.ReaderCount == 0);
        if (isAlone && end.IsNonBlocking && !end.CanRead)
        {
            end.AddReference();
            end.Release();
            return -Errno.ENXIO;
        }

        long descriptor = AddDescriptor(process, end, (flags & HostOpen.CloseOnExec) != 0);
        if (descriptor < 0 || !isAlone || end.IsNonBlocking)
        {
            return descriptor;
        }

        PendingCall pending = Files.GetPending(call);
        pending.Descriptor = (int)descriptor;
        pending.OpenedBefore = end.CanRead ? pipe.OpenedWriters : pipe.OpenedReaders;
        return AwaitOtherEnd(call, process, pending);
    }

    private static SystemCallResult AwaitOtherEnd(
        SystemCallContext call, ProcessFiles process, PendingCall pending)
    {
        if (!process.Descriptors.TryGet(pending.Descriptor, out OpenFile? file)
            || file is not PipeEnd end)
        {
            // Another thread has closed it meanwhile.
            return -Errno.EINTR;
        }

        uint opened = end.CanRead ? end.Pipe.OpenedWriters : end.Pipe.OpenedReaders;
        if (opened != pending.OpenedBefore)
        {
            return pending.Descriptor;
        }

        if (call.IsInterrupted)
        {
            process.Descriptors.Close(pending.Descriptor);
        }

        ReadySource source = (end.ReadReady ?? end.WriteReady)!;
        return SystemCallResult.Block(
            new WaitRequest([source.Queue], null, $"the other end of {ByteText.ToText(end.Path)}"));
    }

    private SystemCallResult Close(SystemCallContext call) =>
        GetProcess(call).Descriptors.Close(call.Int32Argument(0)) ? 0 : -Errno.EBADF;

    private SystemCallResult CloseRange(SystemCallContext call)
    {
        const uint UnshareFlag = 2;
        const uint CloseOnExecFlag = 4;
        uint first = (uint)call.Argument(0);
        uint last = (uint)call.Argument(1);
        uint flags = (uint)call.Argument(2);
        if (first > last || (flags & ~(UnshareFlag | CloseOnExecFlag)) != 0)
        {
            return -Errno.EINVAL;
        }

        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        uint end = Math.Min(last, (uint)descriptors.End - 1);
        for (uint i = first; i <= end; i++)
        {
            if ((flags & CloseOnExecFlag) == 0)
            {
                descriptors.Close((int)i);
            }
            else if (descriptors.TryGet((int)i, out _))
            {
                descriptors.SetCloseOnExec((int)i, true);
            }
        }

        return 0;
    }

    private SystemCallResult Seek(SystemCallContext call) =>
        TryGetUsable(call, 0, out OpenFile? file)
            ? file.Seek((long)call.Argument(1), call.Int32Argument(2))
            : -Errno.EBADF;

    private SystemCallResult Duplicate(SystemCallContext call) =>
        TryGetFile(call, 0, out OpenFile? file)
            ? GetProcess(call).Descriptors.Add(file, isCloseOnExec: false)
            : -Errno.EBADF;

    private SystemCallResult Duplicate2(SystemCallContext call)
    {
        int target = call.Int32Argument(1);
        if (call.Int32Argument(0) == target)
        {
            return TryGetFile(call, 0, out _) ? target : -Errno.EBADF;
        }

        return DuplicateTo(call, target, isCloseOnExec: false);
    }

    private SystemCallResult Duplicate3(SystemCallContext call)
    {
        int flags = call.Int32Argument(2);
        int target = call.Int32Argument(1);
        return (flags & ~HostOpen.CloseOnExec) != 0 || call.Int32Argument(0) == target
            ? -Errno.EINVAL
            : DuplicateTo(call, target, flags != 0);
    }

    private SystemCallResult DuplicateTo(SystemCallContext call, int target, bool isCloseOnExec)
    {
        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        if (target < 0 || target >= descriptors.Limit
            || !TryGetFile(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        descriptors.Replace(target, file, isCloseOnExec);
        return target;
    }

    private SystemCallResult Control(SystemCallContext call)
    {
        if (!TryGetFile(call, 0, out OpenFile? file))
        {
            return -Errno.EBADF;
        }

        int command = call.Int32Argument(1);
        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        int descriptor = call.Int32Argument(0);
        switch (command)
        {
            case DuplicateCommand or DuplicateCloseOnExec:
                int lowest = call.Int32Argument(2);
                return lowest < 0 || lowest >= descriptors.Limit
                    ? -Errno.EINVAL
                    : descriptors.Add(file, command == DuplicateCloseOnExec, lowest);
            case GetDescriptorFlags:
                return descriptors.IsCloseOnExec(descriptor) ? 1 : 0;
            case SetDescriptorFlags:
                descriptors.SetCloseOnExec(descriptor, (call.Argument(2) & 1) != 0);
                return 0;
            case GetStatusFlags:
                return file.GetVisibleFlags();
            default:
                return file.IsPathOnly ? -Errno.EBADF : ControlFile(call, file, command);
        }
    }

    private SystemCallResult ControlFile(SystemCallContext call, OpenFile file, int command)
    {
        switch (command)
        {
            case SetStatusFlags:
                file.SetFlags(call.Int32Argument(2));
                return 0;
            case GetLock or OpenGetLock:
                return LockCalls.Get(
                    call, file, GetProcess(call).Descriptors, command == OpenGetLock);
            case SetLock or SetLockWait or OpenSetLock or OpenSetLockWait:
                return LockCalls.Set(
                    call,
                    file,
                    GetProcess(call).Descriptors,
                    command >= OpenGetLock,
                    command is SetLockWait or OpenSetLockWait);
            case SetOwner:
                file.Owner = call.Int32Argument(2);
                return 0;
            case GetOwner:
                return file.Owner;
            case SetSignal or GetSignal:
                return 0;
            case SetOwnerEx or GetOwnerEx:
                return ControlOwner(call, file, command == SetOwnerEx);
            case SetPipeSize:
                return file is PipeEnd resized
                    ? resized.Resize((long)call.Argument(2))
                    : -Errno.EBADF;
            case GetPipeSize:
                return file is PipeEnd sized ? sized.CapacityBytes : -Errno.EBADF;
            case AddSeals:
                return SealCalls.Add(file, (uint)call.Argument(2), Files.View);
            case GetSeals:
                return SealCalls.Get(file);
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary><c>struct f_owner_ex</c>. No signal is ever sent to an owner.</summary>
    private static SystemCallResult ControlOwner(SystemCallContext call, OpenFile file, bool sets)
    {
        const int Process = 1;
        const int Group = 2;
        ulong at = call.Argument(2);
        if (!sets)
        {
            int kind = file.Owner < 0 ? Group : Process;
            return call.Memory.TryWrite(at, kind)
                && call.Memory.TryWrite(at + sizeof(int), Math.Abs(file.Owner)) ? 0 : -Errno.EFAULT;
        }

        if (!call.Memory.TryRead(at, out int type)
            || !call.Memory.TryRead(at + sizeof(int), out int id))
        {
            return -Errno.EFAULT;
        }

        if (type is < 0 or > Group)
        {
            return -Errno.EINVAL;
        }

        file.Owner = type == Group ? -id : id;
        return 0;
    }

    private SystemCallResult CreateMemoryFile(SystemCallContext call)
    {
        const int CloseOnExec = 1;
        const int AllowSealing = 2;
        const int NoExecuteSeal = 8;
        const int Executable = 16;
        const int NameLengthMax = 249;
        int flags = call.Int32Argument(1);
        if ((flags & ~(CloseOnExec | AllowSealing | NoExecuteSeal | Executable)) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryReadPath(call, 0, out string name);
        if (error != 0)
        {
            return error == Errno.ENAMETOOLONG ? -Errno.EINVAL : -error;
        }

        if (name.Length > NameLengthMax)
        {
            return -Errno.EINVAL;
        }

        const uint AnyExecute = 0x49;
        bool isNoExecute = (flags & NoExecuteSeal) != 0;
        TmpFile inode = new(
            Files.MemoryFiles, FileModes.PermissionMask & 0x1ff & ~(isNoExecute ? AnyExecute : 0))
        {
            Seals = isNoExecute ? FileSeals.Execute
                : (flags & AllowSealing) != 0 ? 0 : FileSeals.Seal,
        };
        error = inode.TryOpen(
            HostOpen.ReadWrite, $"/memfd:{name} (deleted)", out OpenFile? file);
        return error != 0
            ? -error
            : AddDescriptor(GetProcess(call), file!, (flags & CloseOnExec) != 0);
    }
}
