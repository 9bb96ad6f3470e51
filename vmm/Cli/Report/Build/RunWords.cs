namespace Dilaton.Cli;

/// <summary>A run in words: what limited it, what would help most, and at most by how much. The
/// figures are Amdahl's bounds: what takes a share s of a time can save at most s of it.</summary>
internal static class RunWords
{
    private const double IdleShare = 0.99;
    private const double BusyShare = 0.5;
    private const double WorthTelling = 0.01;

    /// <param name="timeline">Of the node that ended last; may be empty.</param>
    public static IReadOnlyList<string> Of(
        RunFacts run, IReadOnlyList<TimelineRow> timeline, HostTrack host)
    {
        List<string> words = [];
        if (TimeShares.Of(run.Statistics) is { } shares)
        {
            words.AddRange(Virtual(run, shares));
            if (timeline.Count > 0)
            {
                words.Add(TimePhases.Words(timeline));
            }

            words.AddRange(Stack(run, shares));
            words.AddRange(Memory(run, shares));
            words.AddRange(Network(run));
            words.AddRange(Idle(shares));
        }

        words.AddRange(HostWords.Of(run, host));
        return words;
    }

    /// <summary>What takes the most of a core's time.</summary>
    public static (string Name, double Share) Limit(CoreShare core) => core.Parts.MaxBy(p => p.Share);

    private static IEnumerable<string> Virtual(RunFacts run, TimeShares shares)
    {
        CoreShare core = shares.Critical;
        string name = core.Node.Length > 0 ? $"{core.Node}.{core.Core}" : core.Core;
        string parts = string.Join(", ", core.Parts.Select(p => $"{p.Name} {NumberText.Percent(p.Share)}"));
        double whole = double.IsNaN(run.VirtualTimePs) ? core.End : run.VirtualTimePs;
        string reset = core.End > core.Ticks
            ? $" The guest reset its statistics: what follows is of the last "
                + $"{MetricScale.Show(core.Ticks, "Tick")}."
            : "";
        yield return $"In virtual time the run took {MetricScale.Show(whole, "Tick")}.{reset} The core that waited "
            + $"least on the node that ended last is {name}: {parts}.";
        (string limit, double share) = Limit(core);
        yield return $"Limited by {Meaning(limit)}. Halving that would save at most "
            + $"{NumberText.Percent(share / 2)} of {(reset.Length > 0 ? "that" : "the virtual")} time, "
            + "doing without it at most "
            + $"{NumberText.Percent(share)} (Amdahl's bound: what takes its place may save less)"
            + (limit != "waiting" && share < 1 ? $", so at most {Times(share / 2)} and {Times(share)} as fast." : ".");
        if (limit != "executed" && core.Executed > WorthTelling)
        {
            yield return $"A faster core alone, however fast, makes it at most {Times(core.Executed)} as fast: "
                + $"executed is {NumberText.Percent(core.Executed)} of that core's time.";
        }

        string others = string.Join(", ", core.Parts.Where(p => p.Name != limit && p.Share > 0)
            .OrderByDescending(p => p.Share)
            .Select(p => $"{p.Name} at most {NumberText.Percent(p.Share / 2)}"));
        if (others.Length > 0)
        {
            yield return $"Halving the others: {others}.";
        }
    }

    /// <summary>How much faster it is at most without a part of the time.</summary>
    private static string Times(double part) => $"{NumberText.Short(1 / (1 - part))} times";

    private static string Meaning(string part) => part switch
    {
        "executed" => "instructions (executed): fewer of them, a lower CPI or a higher clock",
        "stall" => "memory (stall): fewer misses or a shorter latency",
        "kernel" => "the kernel (system calls, faults, copies): fewer calls or cheaper ones",
        _ => "waiting: for timers, other threads, or what the network brings; a faster core would not help",
    };

    /// <summary>The core's CPI stack.</summary>
    private static IEnumerable<string> Stack(RunFacts run, TimeShares shares)
    {
        string node = shares.Critical.Node.Length > 0 ? $"{shares.Critical.Node}." : "";
        string core = $"{node}{shares.Critical.Core}.";
        if (CpiStack.Of(name => Value(run, core + name), name => Value(run, node + name)) is { } stack)
        {
            string parts = string.Join(
                ", ", stack.Parts.Select(p => $"{p.Name} {NumberText.Percent(p.Cycles / stack.Total)}"));
            yield return $"Its cycles by cause: {parts}. Bound by {stack.Words}.";
        }
    }

    private static IEnumerable<string> Memory(RunFacts run, TimeShares shares)
    {
        CoreShare core = shares.Critical;
        string cache = $"{core.Node}.caches.{core.Core}.";
        double misses = Value(run, $"{cache}l1d.overallMissRate");
        double latency = Value(run, $"{core.Node}.weave.latency");
        double queue = Value(run, $"{core.Node}.dram.queueingTimeMean");
        List<string> parts = [];
        if (!double.IsNaN(misses))
        {
            parts.Add($"{NumberText.Percent(misses)} of its data accesses miss L1");
        }

        if (latency > 0)
        {
            parts.Add($"what goes past the caches takes {MetricScale.Show(latency, "Tick")} in the mean");
        }

        if (queue > 0)
        {
            parts.Add($"of it {MetricScale.Show(queue, "Tick")} in the queue of the DRAM");
        }

        if (core.Stall > 0 && parts.Count > 0)
        {
            yield return $"On memory: {string.Join(", ", parts)}.";
        }
    }

    private static IEnumerable<string> Network(RunFacts run)
    {
        const string end = ".busyTime";
        double whole = run.VirtualTimePs;
        RunStatistic? busiest = run.Statistics
            .Where(s => s.Name.StartsWith("network.", StringComparison.Ordinal)
                && s.Name.EndsWith(end, StringComparison.Ordinal))
            .MaxBy(s => s.Value);
        if (busiest is null || !(whole > 0))
        {
            yield break;
        }

        string link = busiest.Name["network.".Length..^end.Length];
        double waited = Value(run, $"network.{link}.waitingTimeMean");
        string queue = waited > 0 ? $", where frames waited {MetricScale.Show(waited, "Tick")} in the mean" : "";
        double lost = Value(run, "network.lost") + Value(run, "network.dropped");
        string loss = lost > 0 ? $"; {NumberText.Short(lost)} frames were lost or dropped" : "";
        double share = Math.Min(1, busiest.Value / whole);
        string bound = share > BusyShare
            ? $" What waits for the network waits for it: twice its bandwidth would save at most "
                + $"{NumberText.Percent(share / 2)}."
            : "";
        yield return $"On the network: the busiest link, {link}, transmits {NumberText.Percent(share)} "
            + $"of the time{queue}{loss}.{bound}";
    }

    private static IEnumerable<string> Idle(TimeShares shares)
    {
        int idle = shares.Cores.Count(c => c.Waiting > IdleShare);
        if (idle > 0 && idle < shares.Cores.Count)
        {
            yield return $"{idle} of {shares.Cores.Count} cores did next to nothing (over 99 % waiting): more "
                + "cores would not help.";
        }
    }

    private static double Value(RunFacts run, string name) =>
        run.Statistics.FirstOrDefault(s => s.Name == name)?.Value ?? double.NaN;
}
