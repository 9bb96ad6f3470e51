using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>What a signal does: actions, masks, alternate stacks, and the way back from a handler.
/// </summary>
internal static class SignalSystemCalls
{
    public const ulong MaskBytes = 8;

    private const int SIG_BLOCK = 0;
    private const int SIG_UNBLOCK = 1;
    private const int SIG_SETMASK = 2;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(13, "rt_sigaction", KernelCostClass.Trivial, SetAction);
        table.AddKernel(14, "rt_sigprocmask", KernelCostClass.Trivial, SetMask);
        table.AddKernel(15, "rt_sigreturn", KernelCostClass.Trivial, Return);
        table.AddKernel(127, "rt_sigpending", KernelCostClass.Trivial, GetPending);
        table.AddKernel(131, "sigaltstack", KernelCostClass.Trivial, SetStack);
    }

    private static SystemCallResult SetAction(KernelCall call)
    {
        int signal = call.Int32Argument(0);
        ulong newAction = call.Argument(1);
        ulong oldAction = call.Argument(2);
        if (signal is < 1 or > Signal.NumberMax
            || call.Argument(3) != MaskBytes
            || (newAction != 0 && (Signal.Unblockable & Signal.Bit(signal)) != 0))
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
            action = Blittable.Read<SignalAction>(bytes).Kept();
            SignalRouter.ActionChanged(call.Process, signal);
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
            ulong mask = how switch
            {
                SIG_BLOCK => signals.Blocked | set,
                SIG_UNBLOCK => signals.Blocked & ~set,
                _ => set,
            };
            call.Kernel.Signals.Block(call.Thread, mask);
        }

        return 0;
    }

    private static SystemCallResult Return(KernelCall call)
    {
        call.HasSetRegisters = true;
        if (!SignalFrame.TryPop(
            call.Thread, call.Vcpu, call.Kernel.UserMemory, out ulong mask))
        {
            call.Kernel.Signals.Force(
                call.Thread,
                SignalInfo.Fault(Signal.SIGSEGV, SignalInfo.SI_KERNEL, 0),
                "rt_sigreturn without a signal frame");
            return 0;
        }

        call.Kernel.Signals.Block(call.Thread, mask);
        return unchecked((long)call.Vcpu.Registers.Rax);
    }

    private static SystemCallResult GetPending(KernelCall call)
    {
        if (call.Argument(1) > MaskBytes)
        {
            return -Errno.EINVAL;
        }

        ThreadSignals own = call.Thread.Signals;
        ulong pending = own.Blocked
            & (own.Queue.Pending | call.Process.Signals.Queue.Pending);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Blittable.Write(bytes, pending);
        return call.Memory.TryWrite(call.Argument(0), bytes[..(int)call.Argument(1)])
            ? 0
            : -Errno.EFAULT;
    }

    private static SystemCallResult SetStack(KernelCall call)
    {
        ThreadSignals signals = call.Thread.Signals;
        ulong stackPointer = call.Vcpu.Registers.Rsp;
        ulong newStack = call.Argument(0);
        ulong oldStack = call.Argument(1);
        SignalStack wanted = default;
        if (newStack != 0 && !call.Memory.TryRead(newStack, out wanted))
        {
            return -Errno.EFAULT;
        }

        SignalStack old = signals.Stack.Shown(stackPointer);
        if (newStack != 0)
        {
            int error = signals.Stack.TryReplace(wanted, stackPointer, out SignalStack replaced);
            if (error != 0)
            {
                return -error;
            }

            signals.Stack = replaced;
        }

        return oldStack == 0 || call.Memory.TryWrite(oldStack, old) ? 0 : -Errno.EFAULT;
    }
}
