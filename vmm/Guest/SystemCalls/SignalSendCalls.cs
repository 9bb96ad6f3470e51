using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Sending signals: to the own process, since there is no other yet.</summary>
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
        bool isOwn = id == 0 || id == -call.ProcessId || IsOwn(call, id);
        return !isOwn ? -Errno.ESRCH
            : ToProcess(call, signal, SignalInfo.From(call.ProcessId, signal, SignalInfo.SI_USER));
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
            : IsOwn(call, call.Int32Argument(0)) ? ToProcess(call, signal, info)
            : -Errno.ESRCH;
    }

    private static SystemCallResult QueueToThread(KernelCall call)
    {
        int signal = call.Int32Argument(2);
        return !TryReadInfo(call, 3, signal, out SignalInfo info)
            ? -Errno.EFAULT
            : ToThread(call, call.Int32Argument(0), call.Int32Argument(1), signal, info);
    }

    /// <summary>The process may be named by any of its threads.</summary>
    private static bool IsOwn(KernelCall call, int id) =>
        id == call.ProcessId || call.Process.Find(id) is not null;

    private static bool TryReadInfo(
        KernelCall call, int argument, int signal, out SignalInfo info)
    {
        bool isRead = call.Memory.TryRead(call.Argument(argument), out info);
        info = info with { Number = signal };
        return isRead;
    }

    private static SystemCallResult ToProcess(KernelCall call, int signal, in SignalInfo info) =>
        signal is < 0 or > Signal.NumberMax ? -Errno.EINVAL
        : signal == 0 || call.Kernel.Signals.Send(call.Process, info) ? 0
        : -Errno.EAGAIN;

    private static SystemCallResult ToThread(
        KernelCall call, int processId, int threadId, int signal, in SignalInfo info) =>
        processId <= 0 ? -Errno.EINVAL
        : processId != call.ProcessId && threadId > 0 ? -Errno.ESRCH
        : ToThread(call, threadId, signal, info);

    private static SystemCallResult ToThread(
        KernelCall call, int threadId, int signal, in SignalInfo info) =>
        threadId <= 0 ? -Errno.EINVAL
        : call.Process.Find(threadId) is not { } thread ? -Errno.ESRCH
        : signal is < 0 or > Signal.NumberMax ? -Errno.EINVAL
        : signal == 0 || call.Kernel.Signals.Send(thread, info) ? 0
        : -Errno.EAGAIN;
}
