using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>How threads and the guest end: exits, signals, faults.</summary>
public sealed partial class GuestKernel
{
    private const uint FutexOwnerDied = 0x4000_0000;
    private const uint FutexWaiters = 0x8000_0000;
    private const uint FutexTidMask = 0x3fff_ffff;

    /// <summary>As in Linux: a list this long is broken.</summary>
    private const int RobustListLengthMax = 2048;

    void IBrokenPipeHandler.BrokenPipe(SystemCallContext call) =>
        Send(((KernelCall)call).Thread, Signal.SIGPIPE);

    /// <summary>Ends a running thread; the last one takes the process with it.</summary>
    internal void EndThread(GuestThread thread, int code)
    {
        thread.CpuTime += Now - thread.RunningSince;
        thread.RunningSince = Now;
        ReleaseRobustFutexes(thread);
        if (thread.ClearChildTid != 0)
        {
            UserMemory.TryWrite(thread.ClearChildTid, 0);
            Futexes.Wake(FutexSystemCalls.KeyOf(thread.Process, thread.ClearChildTid), 1);
        }

        thread.State = ThreadState.Dead;
        thread.Process.Remove(thread);
        if (thread.Process.Threads.Count == 0)
        {
            End(new GuestExit(code, 0, ""));
        }
    }

    /// <summary>Sends a signal to a thread of this node.</summary>
    internal void Send(GuestThread thread, int signal)
    {
        SignalAction action = thread.Process.Signals.Action(signal);
        bool isForced = signal is Signal.SIGKILL or Signal.SIGSTOP;
        if (action.Handler == SignalAction.Ignore && !isForced)
        {
            return;
        }

        if ((thread.Signals.Blocked & Signal.Bit(signal)) != 0 && !isForced)
        {
            thread.Signals.Pending |= Signal.Bit(signal);
            return;
        }

        Deliver(thread, signal, action, "");
    }

    /// <summary>Delivers what a changed mask lets through.</summary>
    internal void DeliverPending(GuestThread thread)
    {
        for (int signal = 1; signal <= Signal.NumberMax && Exit is null; signal++)
        {
            ulong bit = Signal.Bit(signal);
            if ((thread.Signals.Pending & ~thread.Signals.Blocked & bit) != 0)
            {
                thread.Signals.Pending &= ~bit;
                Deliver(thread, signal, thread.Process.Signals.Action(signal), "");
            }
        }
    }

    /// <summary>Ends the guest because it asked for something that Dilaton can't do and that has
    /// no error number to say so.</summary>
    internal void EndUnsupported(GuestThread thread, string why) =>
        EndBySignal(thread, Signal.SIGSYS, why);

    private void RaiseFault(GuestThread thread, int signal, string what)
    {
        SignalAction action = thread.Process.Signals.Action(signal);
        bool isBlocked = (thread.Signals.Blocked & Signal.Bit(signal)) != 0;
        if (isBlocked || action.Handler == SignalAction.Ignore)
        {
            action = default;
        }

        Deliver(thread, signal, action, what);
    }

    private void Deliver(GuestThread thread, int signal, in SignalAction action, string what)
    {
        string name = Signal.NameOf(signal);
        string cause = what.Length > 0 ? $" ({what})" : "";
        if (action.Handler == SignalAction.Ignore
            || (action.Handler == SignalAction.Default && Signal.IsIgnoredByDefault(signal)))
        {
            return;
        }

        if (action.Handler != SignalAction.Default)
        {
            string at = new SymbolFinder(thread.Process.Memory, _files).Describe(action.Handler);
            EndBySignal(
                thread,
                signal,
                $"running guest signal handlers is not supported yet: {name}{cause} has a handler "
                + $"at {at}");
        }
        else if (Signal.StopsByDefault(signal))
        {
            EndBySignal(
                thread, signal, $"stopping a guest by signal is not supported yet: {name}");
        }
        else
        {
            EndBySignal(thread, signal, $"killed by {name}{cause}");
        }
    }

    private void EndBySignal(GuestThread thread, int signal, string headline)
    {
        if (_running is { } vcpu && RunQueues.Running(vcpu.Id) == thread)
        {
            thread.Save(vcpu);
        }

        var symbols = new SymbolFinder(thread.Process.Memory, _files);
        End(new GuestExit(0, signal, DeathReport.Build(thread, headline, symbols)));
    }

    /// <summary>Marks the locks that a dying thread holds, so that who waits for them learns of it
    /// (Linux, "The robust futex ABI").</summary>
    private void ReleaseRobustFutexes(GuestThread thread)
    {
        ulong head = thread.RobustListHead;
        if (head == 0
            || !UserMemory.TryRead(head, out ulong entry)
            || !UserMemory.TryRead(head + 8, out ulong offset)
            || !UserMemory.TryRead(head + 16, out ulong pending))
        {
            return;
        }

        for (int i = 0; i < RobustListLengthMax && (entry & ~1UL) != head; i++)
        {
            ulong current = entry & ~1UL;
            bool hasNext = UserMemory.TryRead(current, out entry);
            if (current != (pending & ~1UL))
            {
                ReleaseRobustFutex(thread, unchecked(current + offset));
            }

            if (!hasNext)
            {
                break;
            }
        }

        if (pending != 0)
        {
            ReleaseRobustFutex(thread, unchecked((pending & ~1UL) + offset));
        }
    }

    private void ReleaseRobustFutex(GuestThread thread, ulong address)
    {
        if ((address & 3) != 0
            || !UserMemory.TryRead(address, out uint value)
            || (value & FutexTidMask) != (uint)thread.Id)
        {
            return;
        }

        UserMemory.TryWrite(address, (value & FutexWaiters) | FutexOwnerDied);
        if ((value & FutexWaiters) != 0)
        {
            Futexes.Wake(FutexSystemCalls.KeyOf(thread.Process, address), 1);
        }
    }
}
