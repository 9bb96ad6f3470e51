using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Which results of a node are exact and which are estimates, and of what.</summary>
internal static class AccuracyNotes
{
    public static IReadOnlyList<string> Exact(Job job, NodeJob node)
    {
        bool isMeasured = node.Engine == EngineChoice.Kvm;
        if (node.Guest.System is not null)
        {
            return ["which exits there were; the rate that the guest's clocks run at, to a kHz of its counter"];
        }

        List<string> notes =
        [
            (isMeasured ? "" : "instructions, executed time, and ")
                + "the sum executed + stall + kernel + waiting",
        ];
        if (isMeasured && node.Memory.Windows.Count > 0)
        {
            notes.Add("accesses to windows, and the stall of each, as its peer says");
        }

        if (job.Network is not null && job.Sync.Mode == SyncMode.Strict)
        {
            notes.Add(isMeasured
                ? "when frames come, given when they were sent: by the network's rates, latencies and queues"
                : "when frames come, by the network's rates, latencies and queues");
        }

        if (!job.Events.Level.HasRecords())
        {
            if (job.Events.SamplesInTime(node) && job.Events.Sampling!.Warming == SampleWarming.Functional)
            {
                notes.Add(node.Cores.Count == 1
                    ? "cache hits and misses of the described hierarchy, of all instructions"
                    : "cache hits and misses of all instructions, given the order of accesses within a slice");
            }

            return notes;
        }

        if (node.Memory.Caches.IsNone())
        {
            notes.Add("accesses by kind");
        }
        else if (node.Memory.Cut == CutPlace.None)
        {
            notes.Add("data accesses by kind; all caches are the peer's");
        }
        else
        {
            notes.Add(node.Cores.Count == 1
                ? "cache hits and misses of the described hierarchy"
                : "cache hits and misses, given the order of accesses within a slice");
        }

        return notes;
    }

    public static IReadOnlyList<string> Estimates(Job job, NodeJob node) =>
        node.Guest.System is null ? OfProgram(job, node) : [.. OfSystem(job, node)];

    private static List<string> OfProgram(Job job, NodeJob node)
    {
        List<string> notes = node.Engine == EngineChoice.Kvm
            ? [.. Measured(job, node)]
            : [.. Dilated(job, node), node.Cores.Kinds.Count == 0
                ? "CPI: one figure for every instruction, as the job says"
                : "CPI: one figure for every instruction of a kind of core, as the job says; cycles are of each core's "
                    + "own clock, so that shares of all cores' cycles weigh a slow core's less"];
        notes.Add(job.Time.Base == TimeBase.Wall
            ? "kernel time: the host's own; it is in waiting, which is all of the host's time that guest "
                + "code did not run (time.base: wall)"
            : job.Kernel.Mode == KernelMode.Ideal
            ? "kernel time: left out (kernel: ideal)"
            : "kernel time: the job's cost table, not a measured kernel");
        if (job.Network is not null)
        {
            notes.Add(job.Network.Kind == NetworkKind.Peer
                ? $"network: as the peer '{job.Network.Peer}' models it, and our TCP/IP in the nodes"
                : "network: links and switches as described, and our TCP/IP in the nodes");
            if (job.Sync.Mode != SyncMode.Strict)
            {
                notes.Add("when frames come: some late, as network.sync.frames.late and "
                    + "lateness.max say");
            }
        }

        switch (job.Events.Level)
        {
            case MemoryEventLevel.Off:
                notes.Add("stall: left out (events: off)");
                break;
            case MemoryEventLevel.Window:
                notes.Add("stall: of accesses to windows alone (events: window)");
                break;
            case MemoryEventLevel.Sampled when job.Events.SamplesInTime(node):
                notes.AddRange(SampledInTime(job.Events.Sampling!));
                notes.AddRange(Misses(node));
                break;
            case MemoryEventLevel.Sampled:
                notes.AddRange(Sampled(job.Events.Sampling!));
                return notes;
            case MemoryEventLevel.Full when node.Memory.Caches.IsNone():
                notes.Add("stall: left out, no memory is modelled (every cache level is none)");
                return notes;
            default:
                notes.AddRange(Misses(node));
                break;
        }

        if (job.Time.Feedback.Intervals > 0 && node.Memory.Peer is not null)
        {
            notes.Add($"stall: comes {job.Time.Feedback.Intervals} weave intervals of "
                + $"{job.Time.Weave} late (time.feedback: {job.Time.Feedback}); what acts lacked is at "
                + "most feedback.unappliedStall");
        }

        if (job.Events.Level == MemoryEventLevel.Filtered
            && node.Memory.Caches.Inclusion == InclusionChoice.Inclusive)
        {
            notes.Add("hits filtered under an inclusive hierarchy: at most coherence.staleHits were on lines that "
                + "had fallen out of L1; if that is 0 all is as with `full`, else misses and stall may differ");
        }

        if (node.Cores.Count > 1 && job.Events.HasRecords(node))
        {
            notes.Add($"order of different cores' accesses: to within one slice ({job.Time.Slice})");
        }

        return notes;
    }

    private static IEnumerable<string> OfSystem(Job job, NodeJob node)
    {
        yield return "all that the guest measures: the host's own speed and load, by clocks of which a second takes "
            + $"{RatioText.Format(Dilation.TdfOf(job, node).First)} s of the host's (time.base: wall)";
        yield return "memory: none is modelled, it is the host's";
        SystemJob system = node.Guest.System!; // the caller's
        if (system.Disks.Any(disk => disk.IsTimed()))
        {
            yield return "disks with a latency or a bandwidth: as described, and requests are done late by what "
                + "board.virtio.completions.lateness says";
        }

        if (system.Disks.Any(disk => !disk.IsTimed()))
        {
            yield return "disks without: as fast as the host does their requests";
        }

        if (job.Network is not null)
        {
            yield return "network: links and switches as described, TCP/IP is the guest's own, and frames come late "
                + "by what rounds.lateness says";
        }
        else if (system.Tap is not null)
        {
            yield return "network: the host's own";
        }
    }

    private static IEnumerable<string> Dilated(Job job, NodeJob node)
    {
        TdfSchedule schedule = Dilation.TdfOf(job, node);
        foreach (TdfStep step in schedule.Equals(TdfSchedule.One) ? [] : schedule.Steps)
        {
            Ratio tdf = step.Factor;
            string cores = node.Cores.Rates == RatesChoice.Physical
                ? $" cores at {Dilation.Clock(node.Cores, tdf)}" : "";
            string dram = node.Memory.Dram.Rates == RatesChoice.Physical
                ? $" DRAM at {Dilation.Rate(node.Memory.Dram.Bandwidth, tdf)}" : "";
            string network = job.IsNetworkPhysical()
                ? $" links at {Dilation.Network(job.Network!, tdf).Link.Bandwidth}" : "";
            string met = string.Join(',', new[] { cores, dram, network }.Where(m => m.Length > 0));
            string from = schedule.IsConstant ? ""
                : step.From == VirtualDuration.Zero ? " at first" : $" from {step.From} on";
            yield return $"dilated by {RatioText.Format(tdf)}{from}, the guest meets{met}";
        }
    }

    private static IEnumerable<string> Misses(NodeJob node)
    {
        yield return Memory(node.Memory);
        if (node.Cores.HasInterval())
        {
            yield return "overlap of misses: an interval model; addresses depend on loads through general "
                + "registers only, hits"
                + (node.Cores.PredictsBranches() ? "" : " and mispredicted branches")
                + " cost nothing";
        }

        if (node.Cores.PredictsBranches())
        {
            CoreModelJob[] models = [.. node.Cores.EachKind().Select(kind => kind.Model)
                .Where(model => model.BranchPredictor != BranchPredictorChoice.None)];
            string never = string.Join(" and ", ((string[])
            [
                models.Any(model => model.IndirectSets is null) ? "indirect jumps" : "",
                models.Any(model => model.ReturnStack is null) ? "returns" : "",
            ]).Where(which => which.Length > 0));
            yield return "mispredicted branches: learned from as they retire"
                + (never.Length > 0 ? $"; {never} always go the way that was predicted" : "");
        }
    }

    private static string Memory(MemoryJob memory)
    {
        if (memory.Peer is not { } name)
        {
            if (memory.Numa is { } numa)
            {
                return $"DRAM time: {numa.Nodes.Count} memory nodes, placement "
                    + $"{JobChoices.Placement.WordOf(numa.Placement)}; no coherence traffic between them";
            }

            return memory.Dram.Banks is null
                ? "DRAM time: flat latency and bandwidth, no banks or refresh"
                : "DRAM time: banks, rows and refresh of kind "
                    + $"{JobChoices.DramKind.WordOf(memory.Dram.Kind)}; what was promised never moves";
        }

        string where = memory.Cut switch
        {
            CutPlace.None => "memory time: all of it",
            CutPlace.L1 => "memory time behind L1:",
            CutPlace.L2 => "memory time behind L2:",
            _ => "memory time behind the caches:",
        };
        string fetches = memory.Cut == CutPlace.None ? "; instruction fetches are not simulated" : "";
        return $"{where} as the peer '{name}' models it{fetches}";
    }

    private static IEnumerable<string> Measured(Job job, NodeJob node)
    {
        yield return "executed: CPU time of guest code on this host, with its exits, divided by TDF "
            + $"{RatioText.Format(Dilation.TdfOf(job, node).First)}: another run has other figures";
        yield return "timers and frames reach a program that runs when its slice ends: late by what "
            + "events.overtakenMax says at most";
        if (job.Events.WrittenPages is { } interval)
        {
            yield return "executed: with what it costs to log stores (events.writtenPages), a fault within KVM "
                + $"for each page written in {interval}";
        }
    }

    private static IEnumerable<string> SampledInTime(SamplingJob sampling)
    {
        yield return "virtual time: stall is timed in windows of "
            + $"{sampling.Window} instructions, one in {sampling.Period} of a core, with {sampling.Warmup} to warm up, "
            + "and estimated from them elsewhere (cycles.stall.estimated); sampled.vcpuN.cycles and .cpi have the "
            + "95 % interval of each core's";
        yield return "requests behind the caches and what DRAM did: of timed instructions alone";
        if (sampling.Warming == SampleWarming.Detailed)
        {
            yield return "when anything happens between two windows: as if a period's stall came in its window";
            yield return "caches: see windows and their warm-ups alone (warming: detailed), so their counts are of "
                + "those; warmLow and warmHigh are the interval with what that leaves open; first touches of pages "
                + "cost nothing";
        }
    }

    private static string[] Sampled(SamplingJob sampling) =>
    [
        "stall: left out of virtual time (events: sampled)",
        $"sampled.*: hits, misses, stall and CPI of windows of {sampling.Window} instructions, one in "
            + $"{sampling.Every} of run time, after {sampling.Warmup} to warm the caches: mean, and low and "
            + "high of its 95 % interval; warmLow and warmHigh if caches that a whole run warms are counted in",
    ];
}
