using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What a job asks of its engines: traits that they have. docs/time.md, 12.</summary>
internal static class EngineChecks
{
    public static void Check(JobNode root, Job job, DiagnosticBag bag)
    {
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            if (node.Guest.System is not null && node.Engine != EngineChoice.Kvm)
            {
                continue; // SystemChecks says so.
            }

            JobNode at = NodeAt(root, i);
            if (node.Engine != EngineChoice.Kvm && job.Time.Mode == TimeMode.Dilated)
            {
                Refuse(
                    bag,
                    DiagnosticCode.Inconsistent,
                    at,
                    i,
                    "time.mode: dilated measures how long guest code runs, and the translator "
                        + "counts its instructions",
                    "give engine: kvm, or time.mode: executed");
            }

            EngineKind kind = EngineKind.Of(node);
            foreach ((string what, EngineTraits traits) in Needs(job, node))
            {
                if (!kind.Has(traits))
                {
                    string? other = EngineKind.With(traits, kind.Guest)?.Word;
                    Refuse(
                        bag,
                        DiagnosticCode.EngineTrait,
                        at,
                        i,
                        $"{what} needs an engine that has {traits}, and {kind.Word} has not",
                        other is null ? $"no engine for {kind.Guest} has it" : $"engine: {other} has it");
                }
            }

            if (node.Engine == EngineChoice.Kvm)
            {
                foreach ((string what, string help) in Meaningless(job, node))
                {
                    Refuse(bag, DiagnosticCode.Inconsistent, at, i, what, help);
                }
            }
            else
            {
                foreach ((string what, string help) in UnfitToSample(job, node))
                {
                    Refuse(bag, DiagnosticCode.SamplingLacks, at, i, what, help);
                }
            }
        }
    }

    /// <summary>What it asks of the engine, by traits.</summary>
    private static IEnumerable<(string What, EngineTraits Traits)> Needs(Job job, NodeJob node)
    {
        if (job.Time.Mode == TimeMode.Executed)
        {
            yield return (
                "time.mode: executed",
                EngineTraits.StopsAtExactInstruction | EngineTraits.Deterministic);
        }

        if (!job.Events.Level.SeesNoMoreThanWindows())
        {
            yield return (
                $"events.level: {JobChoices.Level.WordOf(job.Events.Level)}", EngineTraits.SeesEveryAccess);
        }

        if (node.Memory.Peer is not null)
        {
            yield return ("a peer (memory.peer)", EngineTraits.SeesEveryAccess);
        }

        if (job.Events.WrittenPages is not null)
        {
            yield return ("events.writtenPages", EngineTraits.LogsWrittenPages);
        }

        // What sees every access can look at those of windows.
        if (job.Events.Level == MemoryEventLevel.Sampled
            && !EngineKind.Of(node).Has(EngineTraits.SeesEveryAccess))
        {
            yield return ("events.level: sampled", EngineTraits.SamplesAccesses);
        }
    }

    /// <summary>What windows under the translator can't go with.</summary>
    private static IEnumerable<(string What, string Help)> UnfitToSample(Job job, NodeJob node)
    {
        if (job.Events.Level != MemoryEventLevel.Sampled)
        {
            yield break;
        }

        if (node.Memory.Caches.IsNone())
        {
            yield return (
                "events.level: sampled estimates stall, and memory.caches has no cache",
                "describe one, or set events.level to off");
        }

        if (node.Memory.Peer is not null)
        {
            yield return (
                "events.level: sampled needs memory that is timed here, and a peer times it",
                "leave out memory.peer, or set events.level to filtered");
        }

        if (node.Memory.Trace != TraceChoice.None)
        {
            yield return (
                "events.level: sampled times requests of windows alone, and memory.trace is of all",
                "leave out memory.trace, or set events.level to filtered");
        }
    }

    private static IEnumerable<(string What, string Help)> Meaningless(Job job, NodeJob node)
    {
        if (node.Cores.HasInterval())
        {
            yield return (
                "kvm measures how long guest code runs, and has no use for cores.model.kind: interval",
                "leave it out, or give engine: translator");
        }

        if (node.Cores.PredictsBranches())
        {
            yield return (
                "kvm measures how long guest code runs, and has no use for cores.model.branchPredictor",
                "leave it out, or give engine: translator");
        }

        if (node.Cores.Rates == RatesChoice.Physical
            || node.Cores.Share.Numerator != node.Cores.Share.Denominator)
        {
            yield return (
                "kvm runs on the host's processor, which the job can't describe by cores.rates or "
                    + "cores.share",
                "leave them out; tdf says how fast it seems");
        }

        if (job.Events.Level == MemoryEventLevel.Sampled && node.Memory.Caches.IsNone())
        {
            yield return (
                "events.level: sampled estimates hits and misses, and memory.caches has no cache",
                "describe one, or set events.level to off");
        }

        if (job.Events.Level == MemoryEventLevel.Sampled && job.Time.Base == TimeBase.Wall)
        {
            yield return (
                "events.level: sampled stops the guest for its windows, which time.base: wall would show",
                "leave base out: time.base: run");
        }
    }

    private static void Refuse(
        DiagnosticBag bag, DiagnosticCode code, JobNode at, int i, string what, string help) =>
        bag.Error(code, at, $"nodes[{i}].engine: {what}", help);

    private static JobNode NodeAt(JobNode root, int index) =>
        (root as JobMap)?.Find("nodes")?.Value is JobList nodes && index < nodes.Items.Count
            ? (nodes.Items[index] as JobMap)?.Find("engine")?.Value ?? nodes.Items[index]
            : root;
}
