using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Waiting for signals: for a handler to run, or in place of one.</summary>
internal static class SignalWaitCalls
{
    public static void Register(SystemCallTable table)
    {
        table.AddKernel(34, "pause", KernelCostClass.Wait, c => WaitForSignal("pause"));
        table.AddKernel(130, "rt_sigsuspend", KernelCostClass.Wait, Suspend);
        table.AddKernel(128, "rt_sigtimedwait", KernelCostClass.Wait, TimedWait);
    }

    private static SystemCallResult Suspend(KernelCall call)
    {
        if (call.Argument(1) != SignalSystemCalls.MaskBytes)
        {
            return -Errno.EINVAL;
        }

        int error = call.IsRetry ? 0
            : call.Argument(0) == 0 ? Errno.EFAULT
            : call.ReplaceSignalMask(call.Argument(0), call.Argument(1));
        return error != 0 ? -error : WaitForSignal("rt_sigsuspend");
    }

    private static SystemCallResult TimedWait(KernelCall call)
    {
        if (call.Argument(3) != SignalSystemCalls.MaskBytes)
        {
            return -Errno.EINVAL;
        }

        if (!call.Memory.TryRead(call.Argument(0), out ulong set))
        {
            return -Errno.EFAULT;
        }

        VirtualTime? deadline = null;
        if (call.Argument(2) != 0)
        {
            int error = TimeArguments.TryReadTimespec(
                call, call.Argument(2), out VirtualDuration wait);
            if (error != 0)
            {
                return -error;
            }

            deadline = TimeArguments.ToDeadline(call.EnteredAt, wait);
        }

        ThreadSignals signals = call.Thread.Signals;
        signals.WaitedFor = 0;
        set &= ~Signal.Unblockable;
        if (SignalRouter.TryTake(call.Thread, set, out SignalInfo info))
        {
            return call.Argument(1) == 0 || TryWrite(call, call.Argument(1), info)
                ? info.Number
                : -Errno.EFAULT;
        }

        if (call.TimedOut)
        {
            return -Errno.EAGAIN;
        }

        signals.WaitedFor = call.IsInterrupted ? 0 : set;
        return WaitForSignal("rt_sigtimedwait", deadline);
    }

    private static bool TryWrite(KernelCall call, ulong address, in SignalInfo info)
    {
        Span<byte> bytes = stackalloc byte[SignalInfo.SizeBytes];
        bytes.Clear();
        Native.Blittable.Write(bytes, info);
        return call.Memory.TryWrite(address, bytes);
    }

    private static SystemCallResult WaitForSignal(string what, VirtualTime? deadline = null) =>
        SystemCallResult.Block(new WaitRequest([], deadline, $"a signal ({what})")
        {
            WhenInterrupted = -Errno.ERESTARTNOHAND,
        });
}
