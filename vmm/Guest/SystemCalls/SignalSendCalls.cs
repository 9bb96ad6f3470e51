using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Sending signals: to processes, groups of them, and threads.</summary>
internal static class SignalSendCalls
{
    public static void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Trivial;
        table.AddKernel(62, "kill", Cost, Kill);
        table.AddKernel(200, "tkill", Cost, ThreadKill);
        table.AddKernel(234, "tgkill", Cost, GroupKill);
        table.AddKernel(129, "rt_sigqueueinfo", Cost, Queue);
        table.AddKernel(297, "rt_tgsigqueueinfo", Cost, QueueToThread);
    }

    private static SystemCallResult Kill(KernelCall call)
    {
        int id = call.Int32Argument(0);
        int signal = call.Int32Argument(1);
        if (signal is < 0 or > Signal.NumberMax)
        {
            return -Errno.EINVAL;
        }

        ProcessTable processes = call.Kernel.Processes;
        IReadOnlyList<GuestProcess> meant = id switch
        {
            > 0 => TryFind(call, id, out GuestProcess? one) ? [one] : [],
            0 => processes.LivingOfGroup(call.Process.GroupId),
            -1 => [.. processes.Living.Where(p => p != call.Process)],
            _ => processes.LivingOfGroup(-id),
        };
        SignalInfo info = SignalInfo.From(call.ProcessId, signal, SignalInfo.SI_USER);
        bool isRefused = false;
        foreach (GuestProcess process in meant)
        {
            isRefused |= signal != 0 && !call.Kernel.Signals.Send(process, info);
        }

        return meant.Count == 0 ? -Errno.ESRCH : isRefused ? -Errno.EAGAIN : 0;
    }

    private static SystemCallResult ThreadKill(KernelCall call)
    {
        int signal = call.Int32Argument(1);
        return ToThread(
            call,
            call.Int32Argument(0),
            signal,
            SignalInfo.From(call.ProcessId, signal, SignalInfo.SI_TKILL));
    }

    private static SystemCallResult GroupKill(KernelCall call)
    {
        int signal = call.Int32Argument(2);
        return ToThread(
            call,
            call.Int32Argument(0),
            call.Int32Argument(1),
            signal,
            SignalInfo.From(call.ProcessId, signal, SignalInfo.SI_TKILL));
    }

    private static SystemCallResult Queue(KernelCall call)
    {
        int signal = call.Int32Argument(1);
        return !TryReadInfo(call, 2, signal, out SignalInfo info) ? -Errno.EFAULT
            : !TryFind(call, call.Int32Argument(0), out GuestProcess? process) ? -Errno.ESRCH
            : process != call.Process && info.Code >= 0 ? -Errno.EPERM
            : signal is < 0 or > Signal.NumberMax ? -Errno.EINVAL
            : signal == 0 || call.Kernel.Signals.Send(process, info) ? 0
            : -Errno.EAGAIN;
    }

    private static SystemCallResult QueueToThread(KernelCall call)
    {
        int signal = call.Int32Argument(2);
        return !TryReadInfo(call, 3, signal, out SignalInfo info)
            ? -Errno.EFAULT
            : ToThread(call, call.Int32Argument(0), call.Int32Argument(1), signal, info);
    }

    /// <summary>A process may be named by any of its threads. One that has ended, and that nobody has
    /// waited for, can be sent signals, which do nothing.</summary>
    private static bool TryFind(
        KernelCall call, int id, [NotNullWhen(true)] out GuestProcess? process)
    {
        if (!call.Kernel.Processes.TryFind(id, out process))
        {
            process = call.Kernel.Processes.Living.FirstOrDefault(p => p.Find(id) is not null);
        }

        return process is not null;
    }

    private static bool TryReadInfo(
        KernelCall call, int argument, int signal, out SignalInfo info)
    {
        bool isRead = call.Memory.TryRead(call.Argument(argument), out info);
        info = info with { Number = signal };
        return isRead;
    }

    private static SystemCallResult ToThread(
        KernelCall call, int processId, int threadId, int signal, in SignalInfo info) =>
        processId <= 0 || threadId <= 0 ? -Errno.EINVAL
        : !call.Kernel.Processes.TryFind(processId, out GuestProcess? process) ? -Errno.ESRCH
        : ToThread(call, process.Find(threadId), signal, info);

    private static SystemCallResult ToThread(
        KernelCall call, int threadId, int signal, in SignalInfo info) =>
        threadId <= 0 ? -Errno.EINVAL
        : ToThread(
            call,
            call.Kernel.Processes.Living.Select(p => p.Find(threadId)).FirstOrDefault(t => t is not null),
            signal,
            info);

    private static SystemCallResult ToThread(
        KernelCall call, GuestThread? thread, int signal, in SignalInfo info) =>
        thread is null ? -Errno.ESRCH
        : signal is < 0 or > Signal.NumberMax ? -Errno.EINVAL
        : signal == 0 || call.Kernel.Signals.Send(thread, info) ? 0
        : -Errno.EAGAIN;
}
