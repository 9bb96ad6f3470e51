using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>How threads and the guest end: exits, signals, faults.</summary>
public sealed partial class GuestKernel
{
    /// <summary>As in Linux: a list this long is broken.</summary>
    private const int RobustListLengthMax = 2048;

    void IBrokenPipeHandler.BrokenPipe(SystemCallContext call) => Signals.Send(
        ((KernelCall)call).Thread,
        SignalInfo.From(call.ProcessId, Signal.SIGPIPE, SignalInfo.SI_USER));

    void IBrokenPipeHandler.FileTooLarge(SystemCallContext call) => Signals.Send(
        ((KernelCall)call).Thread,
        SignalInfo.From(call.ProcessId, Signal.SIGXFSZ, SignalInfo.SI_USER));

    /// <summary>Ends a running thread; the last one takes the process with it.</summary>
    internal void EndThread(GuestThread thread, int code)
    {
        thread.CpuTime += Now - thread.RunningSince;
        thread.RunningSince = Now;
        ReleaseRobustFutexes(thread);
        PiFutexCalls.Release(this, thread);
        if (thread.ClearChildTid != 0)
        {
            UserMemory.TryWrite(thread.ClearChildTid, 0);
            Futexes.Wake(FutexSystemCalls.KeyOf(thread.Process, thread.ClearChildTid), 1);
        }

        thread.State = ThreadState.Dead;
        thread.Process.Remove(thread);
        Signals.Leave(thread);
        if (thread.Process.Threads.Count == 0)
        {
            EndProcess(thread.Process, new ProcessEnd(code, 0), () => "");
        }
    }

    /// <summary>Ends the process by a signal that has no handler, unless its debugger keeps that back.
    /// </summary>
    internal void Kill(GuestThread thread, int signal, string what)
    {
        if (Debugger?.Passes(thread, signal) == false)
        {
            SignalRouter.Forget(thread.Process, signal);
            return;
        }

        string name = Signal.NameOf(signal);
        string cause = what.Length > 0 ? $" ({what})" : "";
        EndProcess(
            thread.Process,
            new ProcessEnd(0, signal),
            () => Report(thread, $"killed by {name}{cause}"));
    }

    /// <summary>Ends the guest because it asked for something that Dilaton can't do and that has
    /// no error number to say so.</summary>
    internal void EndUnsupported(GuestThread thread, string why) =>
        End(new GuestExit(0, Signal.SIGSYS, Report(thread, why)));

    private string Report(GuestThread thread, string headline)
    {
        if (_running is { } vcpu && RunQueues.Running(vcpu.Id) == thread)
        {
            thread.Save(vcpu);
        }

        thread.Process.Memory.Activate();
        var symbols = new SymbolFinder(thread.Process.Memory, thread.Process.Files);
        return DeathReport.Build(thread, headline, symbols);
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
            || (value & FutexWord.OwnerMask) != (uint)thread.Id)
        {
            return;
        }

        UserMemory.TryWrite(address, (value & FutexWord.HasWaiters) | FutexWord.OwnerDied);
        if ((value & FutexWord.HasWaiters) != 0)
        {
            Futexes.Wake(FutexSystemCalls.KeyOf(thread.Process, address), 1);
        }
    }
}
