using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>Signals: what is registered is recorded; one that would run a handler ends the guest
/// with a message, since handlers do not run yet.</summary>
internal static class SignalSystemCalls
{
    private const ulong MaskBytes = 8;
    private const int SIG_BLOCK = 0;
    private const int SIG_UNBLOCK = 1;
    private const int SIG_SETMASK = 2;
    private const int StackBytesMin = 2048;

    private static readonly ulong s_unblockable =
        Signal.Bit(Signal.SIGKILL) | Signal.Bit(Signal.SIGSTOP);

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(13, "rt_sigaction", KernelCostClass.Trivial, SetAction);
        table.AddKernel(14, "rt_sigprocmask", KernelCostClass.Trivial, SetMask);
        table.AddKernel(127, "rt_sigpending", KernelCostClass.Trivial, GetPending);
        table.AddKernel(131, "sigaltstack", KernelCostClass.Trivial, SetStack);
        table.AddKernel(62, "kill", KernelCostClass.Signal, Kill);
        table.AddKernel(
            200, "tkill", KernelCostClass.Signal, c => Send(c, c.Int32Argument(0), 1));
        table.AddKernel(234, "tgkill", KernelCostClass.Signal, GroupKill);
        table.AddKernel(34, "pause", KernelCostClass.Wait, c => WaitForSignal("pause"));
        table.AddKernel(130, "rt_sigsuspend", KernelCostClass.Wait, Suspend);
    }

    private static SystemCallResult SetAction(KernelCall call)
    {
        int signal = call.Int32Argument(0);
        ulong newAction = call.Argument(1);
        ulong oldAction = call.Argument(2);
        if (signal is < 1 or > Signal.NumberMax
            || call.Argument(3) != MaskBytes
            || (newAction != 0 && (s_unblockable & Signal.Bit(signal)) != 0))
        {
            return -Errno.EINVAL;
        }

        Span<byte> bytes = stackalloc byte[SignalAction.SizeBytes];
        if (newAction != 0 && !call.Memory.TryRead(newAction, bytes))
        {
            return -Errno.EFAULT;
        }

        ref SignalAction action = ref call.Process.Signals.Action(signal);
        if (oldAction != 0 && !call.Memory.TryWrite(oldAction, action))
        {
            return -Errno.EFAULT;
        }

        if (newAction != 0)
        {
            action = Blittable.Read<SignalAction>(bytes);
        }

        return 0;
    }

    private static SystemCallResult SetMask(KernelCall call)
    {
        if (call.Argument(3) != MaskBytes)
        {
            return -Errno.EINVAL;
        }

        ThreadSignals signals = call.Thread.Signals;
        ulong set = 0;
        if (call.Argument(1) != 0 && !call.Memory.TryRead(call.Argument(1), out set))
        {
            return -Errno.EFAULT;
        }

        int how = call.Int32Argument(0);
        if (call.Argument(1) != 0 && how is not (SIG_BLOCK or SIG_UNBLOCK or SIG_SETMASK))
        {
            return -Errno.EINVAL;
        }

        if (call.Argument(2) != 0 && !call.Memory.TryWrite(call.Argument(2), signals.Blocked))
        {
            return -Errno.EFAULT;
        }

        if (call.Argument(1) != 0)
        {
            signals.Blocked = ~s_unblockable & how switch
            {
                SIG_BLOCK => signals.Blocked | set,
                SIG_UNBLOCK => signals.Blocked & ~set,
                _ => set,
            };
            call.Kernel.DeliverPending(call.Thread);
        }

        return 0;
    }

    private static SystemCallResult GetPending(KernelCall call) =>
        call.Argument(1) > MaskBytes ? -Errno.EINVAL
        : call.Memory.TryWrite(call.Argument(0), call.Thread.Signals.Pending) ? 0
        : -Errno.EFAULT;

    /// <summary>stack_t: address, flags, size, 8 bytes each.</summary>
    private static SystemCallResult SetStack(KernelCall call)
    {
        ThreadSignals signals = call.Thread.Signals;
        Span<byte> bytes = stackalloc byte[24];
        ulong newStack = call.Argument(0);
        ulong oldStack = call.Argument(1);
        if (oldStack != 0)
        {
            bytes.Clear();
            Blittable.Write(bytes, signals.StackAddress);
            Blittable.Write(bytes[8..], signals.StackFlags);
            Blittable.Write(bytes[16..], signals.StackBytes);
        }

        Span<byte> wanted = stackalloc byte[24];
        if (newStack != 0 && !call.Memory.TryRead(newStack, wanted))
        {
            return -Errno.EFAULT;
        }

        if (oldStack != 0 && !call.Memory.TryWrite(oldStack, bytes))
        {
            return -Errno.EFAULT;
        }

        if (newStack != 0)
        {
            int flags = Blittable.Read<int>(wanted[8..]);
            ulong size = Blittable.Read<ulong>(wanted[16..]);
            bool disables = (flags & Signal.StackDisabled) != 0;
            if (!disables && size < StackBytesMin)
            {
                return -Errno.ENOMEM;
            }

            signals.StackAddress = disables ? 0 : Blittable.Read<ulong>(wanted);
            signals.StackBytes = disables ? 0 : size;
            signals.StackFlags = disables ? Signal.StackDisabled : 0;
        }

        return 0;
    }

    private static SystemCallResult Kill(KernelCall call)
    {
        int id = call.Int32Argument(0);
        return id == call.ProcessId || id == 0 || id == -call.ProcessId
            ? Send(call, call.ProcessId, 1)
            : -Errno.ESRCH;
    }

    private static SystemCallResult GroupKill(KernelCall call) =>
        call.Int32Argument(0) == call.ProcessId
            ? Send(call, call.Int32Argument(1), 2)
            : -Errno.ESRCH;

    /// <param name="argument">Index of the argument that is the signal.</param>
    private static SystemCallResult Send(KernelCall call, int threadId, int argument)
    {
        int signal = call.Int32Argument(argument);
        if (signal is < 0 or > Signal.NumberMax)
        {
            return -Errno.EINVAL;
        }

        // A signal to the process goes to the caller, if that may take it, as in Linux.
        GuestThread? thread = threadId == call.ProcessId && argument == 1
            ? call.Thread
            : call.Process.Find(threadId);
        if (thread is null)
        {
            return -Errno.ESRCH;
        }

        if (signal != 0)
        {
            call.Kernel.Send(thread, signal);
        }

        return 0;
    }

    private static SystemCallResult Suspend(KernelCall call)
    {
        if (call.Argument(1) != MaskBytes)
        {
            return -Errno.EINVAL;
        }

        if (!call.Memory.TryRead(call.Argument(0), out ulong mask))
        {
            return -Errno.EFAULT;
        }

        call.Thread.Signals.Blocked = mask & ~s_unblockable;
        call.Kernel.DeliverPending(call.Thread);
        return WaitForSignal("rt_sigsuspend");
    }

    private static SystemCallResult WaitForSignal(string what) =>
        SystemCallResult.Block(new WaitRequest([], null, $"a signal ({what})"));
}
