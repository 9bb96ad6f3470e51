using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What happens to a thread's signals on its way back to the program. As in Linux all that
/// it may take are taken, each handler's frame above the one before, so that the last runs first.
/// </summary>
internal sealed class SignalDelivery(GuestKernel kernel)
{
    /// <summary>SYSCALL, which a call that is made again repeats.</summary>
    private const int SyscallBytes = 2;

    /// <summary>Frames made since <see cref="BeginEntry"/>, for the entry's charge.</summary>
    public uint Frames { get; private set; }

    public void BeginEntry() => Frames = 0;

    /// <summary>The thread returns from a system call.</summary>
    /// <param name="number">Of the call, in case that it is made again.</param>
    /// <param name="result">Negated ERESTARTSYS or ERESTARTNOHAND if a signal ended its wait.
    /// </param>
    public void ReturnFromCall(GuestThread thread, IVcpu vcpu, ulong number, long result)
    {
        ref GuestRegisters registers = ref vcpu.Registers;
        registers.Rax = unchecked((ulong)result);
        if (!Errno.IsRestart(result))
        {
            RestoreMask(thread);
        }
        else if (CanGoOn(thread))
        {
            bool isHandled = TryTake(thread, out SignalInfo info, out SignalAction action);
            if (!isHandled || result == -Errno.ERESTARTNOINTR
                || (result == -Errno.ERESTARTSYS && action.Restarts))
            {
                registers.Rip -= SyscallBytes;
                registers.Rax = number;
            }
            else
            {
                registers.Rax = unchecked((ulong)-Errno.EINTR);
            }

            if (isHandled)
            {
                StartHandler(thread, vcpu, info, action);
            }
            else
            {
                RestoreMask(thread);
            }
        }

        Return(thread, vcpu);
    }

    /// <summary>HOT: per system call. The thread goes on where its registers say, or in the handlers
    /// of what it has to take.</summary>
    public void Return(GuestThread thread, IVcpu vcpu)
    {
        while (CanGoOn(thread) && !thread.Process.IsStopped && SignalRouter.Deliverable(thread) != 0
            && TryTake(thread, out SignalInfo info, out SignalAction action))
        {
            StartHandler(thread, vcpu, info, action);
        }
    }

    private bool CanGoOn(GuestThread thread) =>
        kernel.Exit is null && thread.State != ThreadState.Dead;

    /// <summary>Takes signals until one has a handler, or ends or stops the process.</summary>
    private bool TryTake(GuestThread thread, out SignalInfo info, out SignalAction action)
    {
        action = default;
        while (SignalRouter.TryTake(thread, ~thread.Signals.Blocked, out info))
        {
            action = thread.Process.Signals.Action(info.Number);
            if (action.HasHandler)
            {
                if (kernel.Debugger?.Passes(thread, info.Number) == false)
                {
                    continue;
                }

                return true;
            }

            if (Signal.Stops(info.Number) && action.Handler == SignalAction.Default)
            {
                kernel.Stop(thread, info.Number);
                if (thread.Process.IsStopped || !CanGoOn(thread))
                {
                    return false;
                }
            }
            else if (!action.Ignores(info.Number))
            {
                kernel.Kill(thread, info.Number, "");
                return false;
            }
        }

        return false;
    }

    private void StartHandler(
        GuestThread thread, IVcpu vcpu, in SignalInfo info, in SignalAction action)
    {
        ThreadSignals signals = thread.Signals;
        if (action.IsOnce)
        {
            ref SignalAction kept = ref thread.Process.Signals.Action(info.Number);
            kept = kept with { Handler = SignalAction.Default };
        }

        ulong returnsTo = signals.ReplacedMask ?? signals.Blocked;
        if (!SignalFrame.TryPush(thread, vcpu, kernel.UserMemory, info, action, returnsTo))
        {
            string why = $"no room on its stack for the handler of {Signal.NameOf(info.Number)}";
            if (info.Number == Signal.SIGSEGV)
            {
                kernel.Kill(thread, Signal.SIGSEGV, why);
            }
            else
            {
                kernel.Signals.Force(
                    thread,
                    SignalInfo.Fault(Signal.SIGSEGV, SignalInfo.SI_KERNEL, 0),
                    why);
            }

            return;
        }

        Frames++;
        signals.ReplacedMask = null;
        ulong own = action.IsReentrant ? 0 : Signal.Bit(info.Number);
        kernel.Signals.Block(thread, signals.Blocked | action.Mask | own);
    }

    private void RestoreMask(GuestThread thread)
    {
        if (thread.Signals.ReplacedMask is { } mask)
        {
            thread.Signals.ReplacedMask = null;
            kernel.Signals.Block(thread, mask);
        }
    }
}
