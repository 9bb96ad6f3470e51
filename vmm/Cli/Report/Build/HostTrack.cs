namespace Dilaton.Cli;

/// <summary>How a run got on in host time, and who waited for whom.</summary>
internal sealed class HostTrack
{
    private const int WaitsMax = 4;
    private const double WaitLeast = 0.01;
    private const string Awaited = "all others wait for ";

    private HostTrack(IReadOnlyList<HostSample> samples, IReadOnlyList<(string Text, double Share)> waits)
    {
        Samples = samples;
        Waits = waits;
    }

    public IReadOnlyList<HostSample> Samples { get; }

    /// <summary>Who waited for whom, and for what part of the host time; the longest first.</summary>
    public IReadOnlyList<(string Text, double Share)> Waits { get; }

    public static HostTrack Of(IReadOnlyList<HostTimelineRow> rows)
    {
        List<(double EndMs, double Ps, Dictionary<string, double> Waits)> steps = [];
        foreach (IGrouping<double, HostTimelineRow> step in rows.GroupBy(r => r.HostMs))
        {
            Dictionary<string, double> waits = new(StringComparer.Ordinal);
            foreach (HostTimelineRow row in step)
            {
                if (row.WaitsFor.Length > 0)
                {
                    waits[$"{row.Node} waits for {row.WaitsFor}"] = row.WaitShare;
                }

                if (row.Node != HostTimeline.NetworkName)
                {
                    waits[Awaited + row.Node] = row.AwaitedShare;
                }
            }

            steps.Add((step.Key, step.Min(r => r.VirtualPs), waits));
        }

        return Of(steps);
    }

    private static HostTrack Of(List<(double EndMs, double Ps, Dictionary<string, double> Waits)> steps)
    {
        double whole = steps.Count == 0 ? 0 : steps[^1].EndMs;
        Dictionary<string, double> sums = new(StringComparer.Ordinal);
        List<string> order = [];
        double before = 0;
        foreach ((double end, double _, Dictionary<string, double> waits) in steps)
        {
            foreach ((string name, double share) in waits.OrderBy(w => w.Key, StringComparer.Ordinal))
            {
                if (!sums.ContainsKey(name))
                {
                    order.Add(name);
                }

                sums[name] = sums.GetValueOrDefault(name) + (share * (end - before));
            }

            before = end;
        }

        // Nodes of one worker are waited for together.
        Wait[] shown =
        [
            .. order.GroupBy(n => (Math.Round(sums[n], 3), n.StartsWith(Awaited, StringComparison.Ordinal) ? "" : n))
                .Select(g => new Wait(g.First(), sums[g.First()] / whole, g.Count() - 1))
                .Where(w => w.Share >= WaitLeast).OrderByDescending(w => w.Share).Take(WaitsMax),
        ];
        List<HostSample> samples = [];
        (double ms, double ps) = (0, 0);
        foreach ((double end, double at, Dictionary<string, double> waits) in steps)
        {
            double to = Math.Max(ps, at);
            samples.Add(new HostSample(
                ms, end, ps, to, [.. shown.Select(w => waits.GetValueOrDefault(w.Name))]));
            (ms, ps) = (end, to);
        }

        return new HostTrack(samples, [.. shown.Select(w => (w.Text, w.Share))]);
    }

    /// <param name="Others">Nodes for which the same holds.</param>
    private sealed record Wait(string Name, double Share, int Others)
    {
        public string Text => Others == 0 ? Name : $"{Name} and {Others} more of its worker";
    }
}
