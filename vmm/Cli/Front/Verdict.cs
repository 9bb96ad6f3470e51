using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What a node's finished run amounts to: its exit code, and why in words.</summary>
/// <param name="Code">The message's number, or null if the run went well.</param>
internal sealed record Verdict(int ExitCode, string EndWord, string Reason, DiagnosticCode? Code)
{
    /// <param name="fault">How the network's peer or another node's worker failed, if that ended the
    /// run.</param>
    public static Verdict Of(
        NodeRecord run, StopReason stop, TimeJob time, string? fault = null)
    {
        Verdict own = OfNode(run, stop, time, fault);
        return run.Taint is null
            ? own
            : own with
            {
                ExitCode = Math.Max(own.ExitCode, Cli.ExitCode.PeerFailed),
                Reason = $"{own.Reason}; tainted: {run.Taint}, so this node's results may be wrong",
                Code = own.ExitCode > Cli.ExitCode.PeerFailed ? own.Code : DiagnosticCode.Tainted,
            };
    }

    private static Verdict OfNode(
        NodeRecord run, StopReason stop, TimeJob time, string? fault)
    {
        if (fault is not null && run.End?.Reason == NodeEndWords.Stopped)
        {
            return new Verdict(
                Cli.ExitCode.PeerFailed,
                NodeEndWords.Stopped,
                fault,
                stop == StopReason.WorkerHung
                    ? DiagnosticCode.WorkerHung
                    : DiagnosticCode.PeerFault);
        }

        if (run.Hang is { } hang)
        {
            return new Verdict(
                Cli.ExitCode.PeerFailed, NodeEndWords.Lost, hang, DiagnosticCode.WorkerHung);
        }

        if (run.IsRefused)
        {
            return new Verdict(
                run.HasStarted ? Cli.ExitCode.GuestFailed : Cli.ExitCode.Usage,
                NodeEndWords.Refused,
                run.HasStarted
                    ? $"the guest did what is not supported: {string.Join(' ', run.Trouble)}"
                    : $"the guest can't be started: {string.Join(' ', run.Trouble)}",
                DiagnosticCode.GuestRefused);
        }

        if (run.HasFailed)
        {
            return new Verdict(
                Cli.ExitCode.Bug,
                NodeEndWords.Lost,
                $"internal error in the worker: {(run.Trouble.Count > 0 ? run.Trouble[0] : "")}",
                DiagnosticCode.InternalError);
        }

        if (run.HasPeerFailed)
        {
            return new Verdict(
                Cli.ExitCode.PeerFailed,
                NodeEndWords.Lost,
                string.Join(' ', run.Trouble),
                DiagnosticCode.PeerFault);
        }

        return run.End is { } end ? OfEnd(end, stop, time) : OfDeath(run, stop);
    }

    private static Verdict OfEnd(WorkerEnd end, StopReason stop, TimeJob time) => end.Reason switch
    {
        NodeEndWords.GuestExited => OfGuest(end.Guest!),
        NodeEndWords.ExitMark => new Verdict(
            Cli.ExitCode.Ok, end.Reason, "the guest asked for the end (m5_exit)", null),
        NodeEndWords.FailMark => new Verdict(
            Cli.ExitCode.GuestFailed,
            end.Reason,
            $"the guest reported failure {Text(end.MarkCode)} (m5_fail)",
            null),
        NodeEndWords.Until => new Verdict(
            Cli.ExitCode.LimitReached,
            end.Reason,
            $"virtual time reached {time.Until} (--until)",
            DiagnosticCode.Limit),
        NodeEndWords.Deadlock => new Verdict(
            Cli.ExitCode.GuestFailed,
            end.Reason,
            "the guest is in deadlock: no thread of it can ever run again",
            DiagnosticCode.Deadlock),
        NodeEndWords.OutputClosed => new Verdict(
            Cli.ExitCode.GuestFailed,
            end.Reason,
            "the reader of the guest's output went away (as SIGPIPE)",
            null),
        _ => OfStop(stop, time),
    };

    private static Verdict OfGuest(GuestDocument guest)
    {
        if (guest.Signal != 0)
        {
            return new Verdict(
                Cli.ExitCode.GuestFailed,
                NodeEndWords.GuestExited,
                $"the guest died by {SignalNames.Of(guest.Signal)}",
                null);
        }

        return new Verdict(
            guest.ExitCode == 0 ? Cli.ExitCode.Ok : Cli.ExitCode.GuestFailed,
            NodeEndWords.GuestExited,
            guest.Message.Length > 0 ? guest.Message : $"the guest exited with code {Text(guest.ExitCode)}",
            null);
    }

    private static Verdict OfStop(StopReason stop, TimeJob time) => stop switch
    {
        StopReason.WallLimit => new Verdict(
            Cli.ExitCode.LimitReached,
            NodeEndWords.Stopped,
            $"host time reached {time.WallLimit} (--wall-limit)",
            DiagnosticCode.Limit),
        StopReason.Terminated => new Verdict(
            Cli.ExitCode.Terminated,
            NodeEndWords.Stopped,
            "stopped by SIGTERM",
            DiagnosticCode.Interrupted),
        StopReason.Asked => new Verdict(
            Cli.ExitCode.Interrupted,
            NodeEndWords.Stopped,
            "stopped by `dilaton ctl stop`",
            DiagnosticCode.Interrupted),
        _ => new Verdict(
            Cli.ExitCode.Interrupted,
            NodeEndWords.Stopped,
            "stopped by Ctrl-C",
            DiagnosticCode.Interrupted),
    };

    private static Verdict OfDeath(NodeRecord run, StopReason stop)
    {
        if (run.Loss is { } loss)
        {
            return new Verdict(
                Cli.ExitCode.PeerFailed, NodeEndWords.Lost, loss, DiagnosticCode.HostLost);
        }

        if (stop == StopReason.Interrupted)
        {
            return new Verdict(
                Cli.ExitCode.Interrupted,
                NodeEndWords.Lost,
                "aborted by a second Ctrl-C",
                DiagnosticCode.Interrupted);
        }

        if (run.IsBroken)
        {
            return new Verdict(
                Cli.ExitCode.PeerFailed,
                NodeEndWords.Lost,
                $"the worker of {run.Node.Name} said what no worker says, and was ended: its guest has "
                    + "taken it over or damaged it",
                DiagnosticCode.WorkerDied);
        }

        int code = run.WorkerExitCode;
        if (code == 128 + SignalNames.Terminate)
        {
            // A worker that has begun ignores it: this one was met as it started, with its front.
            return new Verdict(
                Cli.ExitCode.Terminated,
                NodeEndWords.Lost,
                $"SIGTERM ended the worker of {run.Node.Name} as it started",
                DiagnosticCode.Interrupted);
        }

        string how = code > 128
            ? $"died by {SignalNames.Of(code - 128)}"
            : $"ended with code {Text(code)} without a word";
        return new Verdict(
            Cli.ExitCode.PeerFailed,
            NodeEndWords.Lost,
            $"the worker of {run.Node.Name} {how}",
            DiagnosticCode.WorkerDied);
    }

    private static string Text(IFormattable value) =>
        value.ToString(null, CultureInfo.InvariantCulture);
}
