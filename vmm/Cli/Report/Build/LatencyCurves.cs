namespace Dilaton.Cli;

/// <summary>Which distributions a report shows: of a run each node's, of a sweep those of some points,
/// all nodes together.</summary>
internal static class LatencyCurves
{
    /// <summary>Of each kind.</summary>
    public const int CurvesMax = 16;

    private const int NodesMax = 8;
    private const string MemoryEnd = ".weave.latency";
    private const string FramesEnd = ".transitTime";

    public static IReadOnlyList<LatencyCurve> Of(ReportData data, SeriesPlan plan) =>
        data.IsSweep ? OfPoints(data, plan) : OfRun(data.Latencies[0]);

    /// <summary>Of how many points the figures of the curves could be shown.</summary>
    public static int PointsOf(ReportData data) => Eligible(data).Count();

    private static List<LatencyCurve> OfRun(IReadOnlyList<(string Name, LatencyDistribution Distribution)> all)
    {
        List<LatencyCurve> curves = [];
        (string Name, LatencyDistribution Distribution)[] memory =
            [.. all.Where(d => KindOf(d.Name) == LatencyKind.MemoryRequests)];
        if (memory.Length <= NodesMax)
        {
            curves.AddRange(memory.Select(m => new LatencyCurve(
                LatencyKind.MemoryRequests, m.Name[..^MemoryEnd.Length], "", null, m.Distribution)));
        }
        else
        {
            curves.Add(new LatencyCurve(
                LatencyKind.MemoryRequests, $"all {memory.Length} nodes", "", null,
                Sum(memory.Select(m => m.Distribution))));
        }

        curves.AddRange(all.Where(d => KindOf(d.Name) == LatencyKind.Frames)
            .Select(d => new LatencyCurve(LatencyKind.Frames, "all frames", "", null, d.Distribution)));
        return curves;
    }

    private static List<LatencyCurve> OfPoints(ReportData data, SeriesPlan plan)
    {
        List<LatencyCurve> curves = [];
        int[] points = [.. Spread([.. Eligible(data).OrderBy(p => Order(data, plan, p))])];
        foreach (LatencyKind kind in Enum.GetValues<LatencyKind>())
        {
            foreach (int point in points)
            {
                LatencyDistribution[] own =
                    [.. data.Latencies[point].Where(d => KindOf(d.Name) == kind).Select(d => d.Distribution)];
                if (own.Length > 0)
                {
                    double? x = plan.X >= 0 && plan.Scales[plan.X].Numbers is { } numbers
                        ? numbers[data.Points[point].Values[plan.X]] : null;
                    curves.Add(new LatencyCurve(
                        kind, LabelOf(data, plan, point), plan.Label(data.Points[point]), x, Sum(own)));
                }
            }
        }

        return curves;
    }

    /// <summary>The first repeat of each combination that ended well and has a distribution.</summary>
    private static IEnumerable<int> Eligible(ReportData data) => Enumerable.Range(0, data.Points.Count)
        .Where(p => data.Points[p].IsOk && data.Latencies[p].Count > 0)
        .GroupBy(p => string.Join('\n', data.Points[p].Values))
        .Select(g => g.First());

    private static double Order(ReportData data, SeriesPlan plan, int point) =>
        plan.X >= 0 && plan.Scales[plan.X].Numbers is { } numbers ? numbers[data.Points[point].Values[plan.X]] : point;

    /// <summary>First, last, and as many between them as there is room for.</summary>
    private static IEnumerable<int> Spread(int[] points) => points.Length <= CurvesMax
        ? points
        : Enumerable.Range(0, CurvesMax).Select(i => points[(int)((long)i * (points.Length - 1) / (CurvesMax - 1))]);

    private static string LabelOf(ReportData data, SeriesPlan plan, int point) => string.Join(
        ", ", plan.Varying.Select(p => $"{SeriesPlan.Short(data.Paths[p])}={data.Points[point].Values[p]}"));

    private static LatencyKind? KindOf(string name) =>
        name.EndsWith(MemoryEnd, StringComparison.Ordinal) ? LatencyKind.MemoryRequests
        : name.EndsWith(FramesEnd, StringComparison.Ordinal) ? LatencyKind.Frames : null;

    private static LatencyDistribution Sum(IEnumerable<LatencyDistribution> all)
    {
        LatencyDistribution sum = new();
        foreach (LatencyDistribution each in all)
        {
            sum.Add(each);
        }

        return sum;
    }
}
