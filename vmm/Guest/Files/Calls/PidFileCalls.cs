using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>pidfd_open(2) and what is done with such descriptors.</summary>
internal sealed class PidFileCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int ThreadGroupFlag = 2;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Trivial;
        table.AddKernel(434, "pidfd_open", KernelCostClass.File, Open, "PIDFD_THREAD: EINVAL");
        table.AddKernel(
            424,
            "pidfd_send_signal",
            Cost,
            SendSignal,
            "of its flags PIDFD_SIGNAL_THREAD_GROUP alone; folders of /proc: EBADF");
        table.AddKernel(438, "pidfd_getfd", KernelCostClass.File, TakeFile);
    }

    private SystemCallResult Open(KernelCall call)
    {
        int id = call.Int32Argument(0);
        int flags = call.Int32Argument(1);
        if ((flags & ~HostOpen.NonBlocking) != 0 || id <= 0)
        {
            return -Errno.EINVAL;
        }

        if (!call.Kernel.Processes.TryFind(id, out GuestProcess? process))
        {
            bool isThread = call.Kernel.Processes.Living.Any(p => p.Find(id) is not null);
            return isThread ? -Errno.EINVAL : -Errno.ESRCH;
        }

        return Files.AddPidFile(call.ProcessId, process, flags);
    }

    private SystemCallResult SendSignal(KernelCall call)
    {
        int signal = call.Int32Argument(1);
        if ((call.Int32Argument(3) & ~ThreadGroupFlag) != 0)
        {
            return -Errno.EINVAL;
        }

        if (!TryGetFile(call, 0, out OpenFile? file) || file is not PidFile { Process: var process })
        {
            return -Errno.EBADF;
        }

        SignalInfo info = SignalInfo.From(call.ProcessId, signal, SignalInfo.SI_USER);
        if (call.Argument(2) != 0)
        {
            if (!call.Memory.TryRead(call.Argument(2), out info))
            {
                return -Errno.EFAULT;
            }

            if (info.Number != signal)
            {
                return -Errno.EINVAL;
            }

            if (process != call.Process && (info.Code >= 0 || info.Code == SignalInfo.SI_TKILL))
            {
                return -Errno.EPERM;
            }
        }

        return signal is < 0 or > Signal.NumberMax ? -Errno.EINVAL
            : process.IsReaped ? -Errno.ESRCH
            : signal == 0 || call.Kernel.Signals.Send(process, info) ? 0
            : -Errno.EAGAIN;
    }

    /// <summary>A descriptor of another process's, for the caller.</summary>
    private SystemCallResult TakeFile(KernelCall call)
    {
        if (call.Int32Argument(2) != 0)
        {
            return -Errno.EINVAL;
        }

        if (!TryGetFile(call, 0, out OpenFile? file) || file is not PidFile { Process: var process })
        {
            return -Errno.EBADF;
        }

        return !Files.TryGetProcess(process.Id, out ProcessFiles? theirs) || process.End is not null
            ? -Errno.ESRCH
            : !theirs.Descriptors.TryGet(call.Int32Argument(1), out OpenFile? taken) ? -Errno.EBADF
            : GetProcess(call).AddFile(taken, HostOpen.CloseOnExec);
    }
}
