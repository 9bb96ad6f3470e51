using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>From whoever sends a signal to the queue of a process or thread, and on to a thread that
/// takes it. It takes it on its way back to the program (<see cref="SignalDelivery"/>): at the end
/// of its call, at once by preemption if it runs, or when it is loaded next.</summary>
internal sealed class SignalRouter(GuestKernel kernel)
{
    private const int PendingSignalsLimit = 11;

    /// <summary>What the thread would take now.</summary>
    public static ulong Deliverable(GuestThread thread) => ~thread.Signals.Blocked
        & (thread.Signals.Queue.Pending | thread.Process.Signals.Queue.Pending);

    /// <summary>A signal that does something ends the thread's wait.</summary>
    public static bool Interrupts(GuestThread thread)
    {
        for (ulong rest = Deliverable(thread); rest != 0; rest &= rest - 1)
        {
            int signal = BitOperations.TrailingZeroCount(rest) + 1;
            if (!thread.Process.Signals.Action(signal).Ignores(signal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the next of the given signals: the thread's own first.</summary>
    public static bool TryTake(GuestThread thread, ulong among, out SignalInfo info)
    {
        bool isTaken = thread.Signals.Queue.TryTake(among, out info)
            || thread.Process.Signals.Queue.TryTake(among, out info);
        if (isTaken && info.Number == Signal.SIGALRM)
        {
            thread.Process.Timers.AlarmTaken();
        }

        return isTaken;
    }

    /// <summary>Sends to whichever thread takes it.</summary>
    /// <returns>False if there is no room for it.</returns>
    public bool Send(GuestProcess process, in SignalInfo info)
    {
        if (process.Threads.Count == 0)
        {
            return true;
        }

        Prepare(process, info.Number);
        GuestThread? taker = Choose(process, info.Number);
        GuestThread asked = taker ?? process.Threads[0];
        return TryQueue(process.Signals.Queue, asked, info, out bool isQueued)
            && Tell(process, taker, info.Number, isQueued);
    }

    /// <summary>Sends a timer's signal: it has its own place in the queue.</summary>
    /// <param name="target">Null for any thread of the process.</param>
    /// <returns>False if it is ignored.</returns>
    public bool Send(
        GuestProcess process, GuestThread? target, in SignalInfo info, PosixTimer timer)
    {
        int signal = info.Number;
        Prepare(process, signal);
        GuestThread? taker = target is null ? Choose(process, signal)
            : Takes(target, signal) ? target : null;
        if (IsIgnored(target ?? taker ?? process.Threads[0], signal))
        {
            return false;
        }

        (target?.Signals.Queue ?? process.Signals.Queue).Add(info, withInfo: true, timer);
        return Tell(process, taker, signal, isQueued: true);
    }

    /// <summary>Sends to one thread.</summary>
    /// <returns>False if there is no room for it.</returns>
    public bool Send(GuestThread thread, in SignalInfo info)
    {
        Prepare(thread.Process, info.Number);
        GuestThread? taker = Takes(thread, info.Number) ? thread : null;
        return TryQueue(thread.Signals.Queue, thread, info, out bool isQueued)
            && Tell(thread.Process, taker, info.Number, isQueued);
    }

    /// <summary>Raises what the thread's own instruction did: without a handler that may run, it
    /// ends the process.</summary>
    public void Force(GuestThread thread, in SignalInfo info, string what)
    {
        int signal = info.Number;
        bool isBlocked = (thread.Signals.Blocked & Signal.Bit(signal)) != 0;
        if (isBlocked || !thread.Process.Signals.Action(signal).HasHandler)
        {
            kernel.Kill(thread, signal, what);
            return;
        }

        thread.Signals.Queue.Add(info, withInfo: true);
    }

    /// <summary>Changes the thread's mask. What it no longer takes may wake another.</summary>
    public void Block(GuestThread thread, ulong mask)
    {
        mask &= ~Signal.Unblockable;
        ulong lost = mask & ~thread.Signals.Blocked;
        thread.Signals.Blocked = mask;
        Redirect(thread, lost);
    }

    /// <summary>The thread ends: others take what it would have.</summary>
    public void Leave(GuestThread thread) => Redirect(thread, ~thread.Signals.Blocked);

    /// <summary>What is pending and now ignored is forgotten.</summary>
    public static void ActionChanged(GuestProcess process, int signal)
    {
        if (process.Signals.Action(signal).Ignores(signal))
        {
            Discard(process, Signal.Bit(signal));
        }
    }

    /// <summary>Takes it back, from whomever it waits for.</summary>
    public static void Forget(GuestProcess process, int signal) =>
        Discard(process, Signal.Bit(signal));

    /// <summary>A stopped one takes nothing until it is continued, but its death.</summary>
    private static bool Takes(GuestThread thread, int signal) => thread.State != ThreadState.Dead
        && (!thread.Process.IsStopped || signal == Signal.SIGKILL)
        && (thread.Signals.Blocked & ~thread.Signals.WaitedFor & Signal.Bit(signal)) == 0;

    /// <summary>The oldest that takes it and is not about to take another, as Linux prefers it.
    /// </summary>
    private static GuestThread? Choose(GuestProcess process, int signal, GuestThread? but = null)
    {
        GuestThread? busy = null;
        foreach (GuestThread thread in process.Threads)
        {
            if (thread != but && Takes(thread, signal))
            {
                if (thread.State == ThreadState.Running || Deliverable(thread) == 0)
                {
                    return thread;
                }

                busy ??= thread;
            }
        }

        return busy;
    }

    /// <summary>What is blocked is kept, since it may have another action by then.</summary>
    private static bool IsIgnored(GuestThread thread, int signal) =>
        (thread.Signals.Blocked & Signal.Bit(signal)) == 0
        && thread.Process.Signals.Action(signal).Ignores(signal);

    private static void Discard(GuestProcess process, ulong signals)
    {
        process.Signals.Queue.Discard(signals);
        foreach (GuestThread thread in process.Threads)
        {
            thread.Signals.Queue.Discard(signals);
        }
    }

    private static int CountQueued(GuestProcess process)
    {
        int count = process.Signals.Queue.Count;
        foreach (GuestThread thread in process.Threads)
        {
            count += thread.Signals.Queue.Count;
        }

        return count;
    }

    /// <param name="isQueued">False if it is ignored, or pending already.</param>
    /// <returns>False if there is no room for it.</returns>
    private static bool TryQueue(
        SignalQueue queue, GuestThread thread, in SignalInfo info, out bool isQueued)
    {
        GuestProcess process = thread.Process;
        int signal = info.Number;
        ulong bit = Signal.Bit(signal);
        isQueued = false;
        bool isRealTime = signal >= Signal.RealTimeMin;
        if (IsIgnored(thread, signal) || (!isRealTime && (queue.Pending & bit) != 0))
        {
            return true;
        }

        ulong limit = process.Limits.Get(PendingSignalsLimit).Soft;
        bool hasRoom = (ulong)CountQueued(process) < limit;
        if (!hasRoom && isRealTime && info.Code != SignalInfo.SI_USER)
        {
            return false;
        }

        bool isOwn = !isRealTime && info.Code >= 0;
        queue.Add(info, hasRoom || isOwn);
        isQueued = true;
        return true;
    }

    /// <summary>Stopping and going on forget each other; a process goes on whatever it does with
    /// SIGCONT.</summary>
    private void Prepare(GuestProcess process, int signal)
    {
        if (Signal.Stops(signal))
        {
            Discard(process, Signal.Bit(Signal.SIGCONT));
        }
        else if (signal == Signal.SIGCONT)
        {
            Discard(process, Signal.Stopping);
            kernel.Continue(process);
        }
    }

    private bool Tell(GuestProcess process, GuestThread? taker, int signal, bool isQueued)
    {
        if (!isQueued)
        {
            return true;
        }

        process.Signals.Arrived.Signal();
        if (taker is null)
        {
            return true;
        }

        bool isWaitedFor = (taker.Signals.WaitedFor & Signal.Bit(signal)) != 0;
        if (!isWaitedFor && taker.Process.Signals.Action(signal).Handler == SignalAction.Default)
        {
            // As in Linux the process does not live until its thread is loaded.
            if (Signal.Stops(signal))
            {
                Discard(process, Signal.Bit(signal));
                kernel.Stop(taker, signal);
            }
            else
            {
                kernel.Kill(taker, signal, "");
            }
        }
        else
        {
            Notify(taker);
        }

        return true;
    }

    private void Redirect(GuestThread from, ulong signals)
    {
        signals &= from.Process.Signals.Queue.Pending;
        for (; signals != 0; signals &= signals - 1)
        {
            int signal = BitOperations.TrailingZeroCount(signals) + 1;
            if (Choose(from.Process, signal, but: from) is { } other)
            {
                Notify(other);
            }
        }
    }

    private void Notify(GuestThread thread)
    {
        switch (thread.State)
        {
            case ThreadState.Blocked:
                thread.Interrupt();
                break;
            case ThreadState.Running when !kernel.IsActing(thread):
                kernel.RunQueues.Interrupt(new VcpuId(thread.LastVcpu));
                break;
            default:
                break;
        }
    }
}
