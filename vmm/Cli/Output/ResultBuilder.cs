using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Turns what the front knows of a run into result.json.</summary>
internal static class ResultBuilder
{
    private const string Translator = "translator (exact and deterministic)";

    private const string Kvm =
        "kvm (native; measured time, so no two runs are the same: not deterministic)";

    public static ResultDocument Build(
        RunRecord run, RunVerdict verdict, HostFigures host, string folder) => new()
        {
            Schema = ResultDocument.Version,
            Name = run.Job.Name,
            Status = ExitCode.WordOf(verdict.ExitCode),
            ExitCode = verdict.ExitCode,
            Reason = verdict.Reason,
            Complete = run.IsComplete,
            Seed = run.Job.Seed,
            Interactive = run.IsInteractive,
            Nodes = [.. run.Nodes.Select((node, i) => Node(run.Job, node, verdict.Nodes[i]))],
            Warnings = [.. run.Warnings, .. Warnings(run)],
            Exact = NodeNotes.Merge(run, node => AccuracyNotes.Exact(run.Job, node.Node)),
            Estimates = NodeNotes.Merge(
                run, node => AccuracyNotes.Estimates(run.Job, node.Node)),
            Host = new HostDocument
            {
                WallSeconds = Math.Round(host.WallSeconds, 6),
                CpuSeconds = Math.Round(host.CpuSeconds, 6),
                Mips = Math.Round(host.Mips, 3),
                Slowdown = Math.Round(host.Slowdown, 3),
                PeakMemoryBytes = host.PeakMemoryBytes,
                Folder = folder,
            },
        };

    public static IReadOnlyList<string> Warnings(RunRecord run) =>
        [.. Interactive(run), .. SharedFolders.Warnings(run.Job), .. NodeNotes.Merge(run, node => Warnings(run, node))];

    private static IEnumerable<string> Interactive(RunRecord run) => run.IsInteractive
        ? ["interactive: an operator changed the TDF while the job ran, as control.log says: the job "
            + "with --replay-control control.log gives the same again"]
        : [];

    private static List<string> Warnings(RunRecord all, NodeRecord run)
    {
        List<string> warnings = [];
        foreach (string address in run.End?.Unanswered ?? [])
        {
            warnings.Add(Unanswered(all, address));
        }

        if (run.End is { UnsupportedSystemCalls.Count: > 0 } end)
        {
            warnings.Add(
                $"{Diagnostic.CodeTextOf(DiagnosticCode.UnsupportedSystemCall)}: the guest tried "
                + "system calls that do not exist here (ENOSYS): "
                + string.Join(", ", end.UnsupportedSystemCalls));
        }

        if (run.End is null && run.HasStarted)
        {
            warnings.Add("statistics are as last streamed, taken while the guest ran");
        }

        return warnings;
    }

    private static string Unanswered(RunRecord run, string address)
    {
        int owner = Enumerable.Range(0, run.Nodes.Count).FirstOrDefault(
            i => NetworkMapping.Address(i).ToString() == address, -1);
        string why = owner >= 0
            ? $"it is {run.Nodes[owner].Node.Name}'s, which had ended, or to which no frame came"
            : $"no node has it: they have {NetworkMapping.Address(0)} to "
                + $"{NetworkMapping.Address(run.Nodes.Count - 1)}";
        return $"{Diagnostic.CodeTextOf(DiagnosticCode.Unanswered)}: nobody answered at {address}, "
            + $"and the guest was told that the host is unreachable (EHOSTUNREACH): {why}";
    }

    private static NodeResultDocument Node(Job job, NodeRecord run, Verdict verdict) => new()
    {
        Name = run.Node.Name,
        Engine = run.Node.Engine == EngineChoice.Kvm ? Kvm : Translator,
        ClockRung = run.End?.ClockRung ?? "",
        End = verdict.EndWord,
        Status = ExitCode.WordOf(verdict.ExitCode),
        Reason = verdict.Reason,
        Tainted = run.Taint is not null,
        VirtualTime = Quantity.FormatDuration(run.TimePs),
        VirtualTimePs = run.TimePs,
        Instructions = run.Instructions,
        CoreKinds = CoreKindDocument.Of(run),
        Guest = run.End?.Guest,
        Dilation = run.End?.Dilation is { Count: > 0 } changes
            ? changes
            : job.DilatesNode(run.Node) ? [] : OfNetwork(job, run.TimePs),
        Sampled = Estimates.Of(run),
        EventLogHash = run.End?.EventLogHash ?? "",
        UnsupportedSystemCalls = run.End?.UnsupportedSystemCalls ?? [],
        Report = verdict.EndWord == NodeEndWords.GuestExited && run.Node.Guest.System is null
            ? []
            : [.. run.Trouble, .. run.State],
    };

    /// <summary>Of a node that lives in virtual time beside a network that does not.</summary>
    private static IReadOnlyList<DilationDocument> OfNetwork(Job job, ulong endPs) =>
        !job.HasPhysicalTime() ? [] :
        [
            .. job.Time.Tdf.Steps.Skip(1)
                .Select(step => new DilationDocument
                {
                    VirtualTimePs = DilationSchedules.EffectOf(
                        step, job.Time.Weave.Picoseconds).Picoseconds,
                    Tdf = RatioText.Format(step.Factor),
                })
                .Where(change => change.VirtualTimePs <= endPs),
        ];
}
