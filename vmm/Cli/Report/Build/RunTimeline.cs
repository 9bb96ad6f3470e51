namespace Dilaton.Cli;

/// <summary>The pieces of a run between the guest's own dumps of statistics. A dump covers the
/// simTicks before its finalTick; of two with the same beginning, the later one covers what the
/// earlier did not.</summary>
internal static class RunTimeline
{
    /// <returns>By node and time; empty if no guest dumped statistics.</returns>
    public static IReadOnlyList<TimeSegment> Of(RunFacts run)
    {
        List<TimeSegment> segments = [];
        if (run.Dumps.Count < 2)
        {
            return segments;
        }

        foreach (string node in NodesOf(run.Dumps[^1]))
        {
            Dictionary<string, double>? previous = null;
            foreach (RunDump dump in run.Dumps)
            {
                Dictionary<string, double> now = ValuesOf(dump, node);
                if (now.GetValueOrDefault("simTicks") > 0)
                {
                    Add(segments, node, previous, now);
                    previous = now;
                }
            }
        }

        return segments.GroupBy(s => s.Node).Any(g => g.Count() > 1) ? segments : [];
    }

    private static void Add(
        List<TimeSegment> segments, string node, Dictionary<string, double>? previous,
        Dictionary<string, double> now)
    {
        double end = now.GetValueOrDefault("finalTick");
        double begin = end - now["simTicks"];
        bool goesOn = previous is not null && previous["finalTick"] - previous["simTicks"] == begin
            && previous["finalTick"] < end;
        if (previous is not null && previous["finalTick"] >= end)
        {
            return;
        }

        double Part(string part) => now.Where(p => IsOf(p.Key, part)).Sum(p =>
            p.Value - (goesOn ? previous!.GetValueOrDefault(p.Key) : 0));
        double all = Part(".numCycles");
        if (all > 0)
        {
            segments.Add(new TimeSegment(node, goesOn ? previous!["finalTick"] : begin, end, new CoreShare(
                node, "all", now["simTicks"], end,
                Part(".cycles.executed") / all, Part(".cycles.stall") / all,
                Part(".cycles.kernel") / all, Part(".cycles.waiting") / all)));
        }
    }

    private static bool IsOf(string name, string part) =>
        name.StartsWith("vcpu", StringComparison.Ordinal) && name.EndsWith(part, StringComparison.Ordinal);

    private static IEnumerable<string> NodesOf(RunDump end)
    {
        const string last = ".finalTick";
        return end.Statistics.Where(s => s.Name.EndsWith(last, StringComparison.Ordinal))
            .Select(s => s.Name[..^last.Length]);
    }

    private static Dictionary<string, double> ValuesOf(RunDump dump, string node)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (RunStatistic item in dump.Statistics)
        {
            if (item.Name.StartsWith(node + ".", StringComparison.Ordinal))
            {
                values[item.Name[(node.Length + 1)..]] = item.Value;
            }
        }

        return values;
    }
}
