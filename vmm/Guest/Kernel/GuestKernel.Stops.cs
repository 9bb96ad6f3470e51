using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Job control: how processes stop and go on.</summary>
public sealed partial class GuestKernel
{
    /// <summary>Does what a stop signal does by default: its process runs no more until SIGCONT. As on
    /// Linux nothing but SIGSTOP stops an orphaned process group.</summary>
    internal void Stop(GuestThread thread, int signal)
    {
        GuestProcess process = thread.Process;
        if (process.End is not null || process.IsStopped
            || (signal != Signal.SIGSTOP && Processes.IsOrphaned(process.GroupId)))
        {
            return;
        }

        if (Processes.Living.All(p => p == process || p.IsStopped))
        {
            string headline =
                $"stopped by {Signal.NameOf(signal)}, and there is nobody who could continue it";
            End(new GuestExit(0, signal, Report(thread, headline)));
            return;
        }

        process.IsStopped = true;
        foreach (GuestThread each in process.Threads)
        {
            if (each.State == ThreadState.Ready)
            {
                RunQueues.Withdraw(each);
                each.State = ThreadState.Stopped;
            }
            else if (each.State == ThreadState.Running && !IsActing(each))
            {
                RunQueues.Interrupt(new VcpuId(each.LastVcpu));
            }
        }

        TellOfStop(process, ChildReport.Stopped(signal));
    }

    /// <summary>SIGCONT, whatever the process does with it.</summary>
    internal void Continue(GuestProcess process)
    {
        if (!process.IsStopped)
        {
            return;
        }

        process.IsStopped = false;
        foreach (GuestThread thread in process.Threads)
        {
            if (thread.State == ThreadState.Stopped)
            {
                RunQueues.Enqueue(thread);
            }
            else if (thread.State == ThreadState.Blocked
                && (thread.Wait is { IsRecheckedOnContinue: true }
                    || (thread.Signals.Queue.Pending | process.Signals.Queue.Pending) != 0))
            {
                thread.Interrupt();
            }
        }

        TellOfStop(process, ChildReport.Continued);
    }

    /// <summary>A thread of a stopped process leaves its vCPU.</summary>
    private KernelAction Park(GuestThread thread, IVcpu vcpu)
    {
        Leave(thread, vcpu);
        RunQueues.Clear(vcpu.Id);
        thread.State = ThreadState.Stopped;
        return Reschedule(thread);
    }

    private void TellOfStop(GuestProcess process, ChildReport report)
    {
        process.Unreported = report;
        if (!Processes.TryFind(process.ParentId, out GuestProcess? parent) || parent.End is not null)
        {
            return;
        }

        if (parent.Signals.Action(Signal.SIGCHLD).HearsOfStops)
        {
            Signals.Send(parent, SignalInfo.Child(process.Id, Signal.SIGCHLD, report));
        }

        parent.ChildEnded.Wake();
    }

    /// <summary>Groups that hang on the process alone, which its end makes orphaned.</summary>
    private int[] GroupsHeldBy(GuestProcess process) =>
        [.. Processes.ChildrenOf(process.Id).Append(process).Select(p => p.GroupId).Distinct()
            .Where(g => !Processes.IsOrphaned(g))];

    /// <summary>POSIX: a newly orphaned group with a stopped member is hung up and goes on, since nobody
    /// is left to continue it.</summary>
    private void ReleaseOrphaned(int[] groups)
    {
        foreach (int group in groups)
        {
            IReadOnlyList<GuestProcess> members = Processes.LivingOfGroup(group);
            if (!Processes.IsOrphaned(group) || !members.Any(p => p.IsStopped))
            {
                continue;
            }

            foreach (GuestProcess member in members)
            {
                Signals.Send(member, SignalInfo.FromKernel(Signal.SIGHUP));
                Signals.Send(member, SignalInfo.FromKernel(Signal.SIGCONT));
            }
        }
    }
}
