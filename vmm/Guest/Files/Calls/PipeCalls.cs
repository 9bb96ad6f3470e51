using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>pipe(2) and eventfd(2).</summary>
internal sealed class PipeCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int SemaphoreFlag = 1;

    public override void Register(SystemCallTable table)
    {
        table.Add(22, "pipe", KernelCostClass.File, call => CreatePipe(call, 0));
        table.Add(293, "pipe2", KernelCostClass.File, call =>
            CreatePipe(call, call.Int32Argument(1)));
        table.Add(284, "eventfd", KernelCostClass.File, call => CreateEvent(call, 0));
        table.Add(290, "eventfd2", KernelCostClass.File, call =>
            CreateEvent(call, call.Int32Argument(1)));
    }

    private SystemCallResult CreatePipe(SystemCallContext call, int flags)
    {
        const int Kept = HostOpen.NonBlocking | HostOpen.Direct;
        if ((flags & ~(HostOpen.CloseOnExec | Kept)) != 0)
        {
            return -Errno.EINVAL;
        }

        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        PipeInode inode = new(Files.Anonymous, Files.Anonymous.CreateRecord());
        bool isCloseOnExec = (flags & HostOpen.CloseOnExec) != 0;
        int reading = descriptors.Add(
            new PipeEnd(inode, HostOpen.ReadOnly | (flags & Kept)), isCloseOnExec);
        if (reading < 0)
        {
            return reading;
        }

        int writing = descriptors.Add(
            new PipeEnd(inode, HostOpen.WriteOnly | (flags & Kept)), isCloseOnExec);
        if (writing < 0)
        {
            descriptors.Close(reading);
            return writing;
        }

        ulong both = (uint)reading | ((ulong)(uint)writing << 32);
        if (!call.Memory.TryWrite(call.Argument(0), both))
        {
            descriptors.Close(reading);
            descriptors.Close(writing);
            return -Errno.EFAULT;
        }

        return 0;
    }

    private SystemCallResult CreateEvent(SystemCallContext call, int flags)
    {
        if ((flags & ~(HostOpen.CloseOnExec | HostOpen.NonBlocking | SemaphoreFlag)) != 0)
        {
            return -Errno.EINVAL;
        }

        AnonymousInode inode = new(Files.Anonymous, Files.Anonymous.CreateRecord());
        EventFile file = new(
            inode,
            HostOpen.ReadWrite | (flags & HostOpen.NonBlocking),
            (uint)call.Argument(0),
            (flags & SemaphoreFlag) != 0);
        return AddDescriptor(GetProcess(call), file, (flags & HostOpen.CloseOnExec) != 0);
    }
}
