namespace Dilaton.Cli;

/// <summary>V = executed + stall + kernel + waiting, as shares, of each core and of all.</summary>
internal sealed class TimeShares
{
    private TimeShares(IReadOnlyList<CoreShare> cores)
    {
        Cores = cores;
        double ticks = cores.Sum(c => c.Ticks);
        Total = new CoreShare(
            "", "all", ticks, cores.Max(c => c.End),
            cores.Sum(c => c.Executed * c.Ticks) / ticks,
            cores.Sum(c => c.Stall * c.Ticks) / ticks,
            cores.Sum(c => c.Kernel * c.Ticks) / ticks,
            cores.Sum(c => c.Waiting * c.Ticks) / ticks);
    }

    public IReadOnlyList<CoreShare> Cores { get; }

    /// <summary>Of all cores, each weighted with its node's virtual time.</summary>
    public CoreShare Total { get; }

    /// <summary>The core that waited least on the node that ended last.</summary>
    public CoreShare Critical =>
        Cores.Where(c => c.End >= Cores.Max(o => o.End)).MinBy(c => c.Waiting)!;

    public static bool Needs(RunStatistic item) =>
        item.Name.Contains(".cycles.", StringComparison.Ordinal)
        || item.Name.EndsWith(".numCycles", StringComparison.Ordinal)
        || item.Name.EndsWith(".finalTick", StringComparison.Ordinal)
        || item.Name.EndsWith(".simTicks", StringComparison.Ordinal);

    /// <returns>Null if no core has counted a cycle.</returns>
    public static TimeShares? Of(IReadOnlyList<RunStatistic> statistics)
    {
        const string end = ".cycles.executed";
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (RunStatistic item in statistics)
        {
            values[item.Name] = item.Value;
        }

        List<CoreShare> cores = [];
        foreach (RunStatistic item in statistics.Where(s => s.Name.EndsWith(end, StringComparison.Ordinal)))
        {
            string core = item.Name[..^end.Length];
            int dot = core.LastIndexOf('.');
            string node = dot < 0 ? "" : core[..dot];
            double total = values.GetValueOrDefault($"{core}.numCycles");
            double ticks = values.GetValueOrDefault($"{node}.simTicks");
            if (total > 0 && ticks > 0)
            {
                double Part(string name) => values.GetValueOrDefault($"{core}.cycles.{name}") / total;
                cores.Add(new CoreShare(
                    node, core[(dot + 1)..], ticks, values.GetValueOrDefault($"{node}.finalTick", ticks),
                    Part("executed"), Part("stall"), Part("kernel"), Part("waiting")));
            }
        }

        return cores.Count > 0 ? new TimeShares(cores) : null;
    }
}
