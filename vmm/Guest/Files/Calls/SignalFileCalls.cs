using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>signalfd(2).</summary>
internal sealed class SignalFileCalls(NodeFileSystem files, SignalInbox inbox)
    : FileCallGroup(files)
{
    public override void Register(SystemCallTable table)
    {
        table.Add(282, "signalfd", KernelCostClass.File, call => Set(call, 0));
        table.Add(
            289, "signalfd4", KernelCostClass.File, call => Set(call, call.Int32Argument(3)));
    }

    private SystemCallResult Set(SystemCallContext call, int flags)
    {
        if (call.Argument(2) != SignalSystemCalls.MaskBytes
            || (flags & ~(HostOpen.CloseOnExec | HostOpen.NonBlocking)) != 0)
        {
            return -Errno.EINVAL;
        }

        if (!call.Memory.TryRead(call.Argument(1), out ulong signals))
        {
            return -Errno.EFAULT;
        }

        signals &= ~Signal.Unblockable;
        int descriptor = call.Int32Argument(0);
        if (descriptor != -1)
        {
            if (!TryGetUsable(call, 0, out OpenFile? open))
            {
                return -Errno.EBADF;
            }

            if (open is not SignalFile known)
            {
                return -Errno.EINVAL;
            }

            known.Signals = signals;
            inbox.Arrived.Signal();
            return descriptor;
        }

        AnonymousInode inode = new(Files.Anonymous, Files.Anonymous.CreateRecord());
        SignalFile file = new(inode, HostOpen.ReadWrite | (flags & HostOpen.NonBlocking), inbox)
        {
            Signals = signals,
        };
        return AddDescriptor(GetProcess(call), file, (flags & HostOpen.CloseOnExec) != 0);
    }
}
