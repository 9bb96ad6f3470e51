namespace Dilaton.Cli;

/// <summary>What was read, and all that follows from it: what page and Markdown write down.
/// </summary>
internal sealed class ReportModel
{
    public ReportModel(ReportData data, BaselineReport? baseline)
    {
        Data = data;
        Baseline = baseline;
        Plan = SeriesPlan.Of(data);
        Fits = FitList.Of(data, Plan);
        Machine = MachineWords.Of(data.Example);
        Timeline = CriticalFirst(data.Example);
        Host = HostTrack.Of(data.Example.HostTimeline);
        Words = RunWords.Of(data.Example, Timeline.Count > 0 ? Timeline[0] : [], Host);
        Curves = LatencyCurves.Of(data, Plan);
        Perceived = data.IsSweep ? [] : PerceivedRow.Of(data.Example.Statistics);
        Segments = RunTimeline.Of(data.Example);
        Profiles = [.. data.Example.Profiles.Select(p => new ProfileView(p, data.Example.Statistics))];
        Verdict = ReportVerdict.Of(data, baseline);
    }

    public ReportData Data { get; }

    /// <summary>Null if there is none to compare with.</summary>
    public BaselineReport? Baseline { get; }

    public SeriesPlan Plan { get; }

    public IReadOnlyList<FitReport> Fits { get; }

    public IReadOnlyList<(string Label, string Text)> Machine { get; }

    /// <summary>The run, or the example of a sweep, in words.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The example's rows by node, that of the node that ended last first.</summary>
    public IReadOnlyList<IReadOnlyList<TimelineRow>> Timeline { get; }

    public HostTrack Host { get; }

    public IReadOnlyList<LatencyCurve> Curves { get; }

    /// <summary>What the run's system guests measured of themselves.</summary>
    public IReadOnlyList<PerceivedRow> Perceived { get; }

    public IReadOnlyList<TimeSegment> Segments { get; }

    /// <summary>Of the example's nodes, in the job's order.</summary>
    public IReadOnlyList<ProfileView> Profiles { get; }

    public ReportVerdict Verdict { get; }

    /// <summary>Of the point that is told of in full.</summary>
    public string ExampleId => Data.Points.FirstOrDefault(p => p.IsOk)?.Id ?? "";

    /// <summary>Metrics whose columns the table of points has: the sweep's own first.</summary>
    public IReadOnlyList<ReportMetric> Columns
    {
        get
        {
            const int most = 10;
            ReportMetric[] own = [.. Data.Metrics.Where(m => !m.IsHost).Take(most - 2)];
            return [.. own, .. Data.Metrics.Where(m => m.IsHost && m.Name != "host.wallSeconds")];
        }
    }

    private static IReadOnlyList<TimelineRow>[] CriticalFirst(RunFacts run) =>
    [
        .. run.Timeline.GroupBy(row => row.Node).Select(node => (IReadOnlyList<TimelineRow>)[.. node])
            .OrderByDescending(rows => rows[^1].End),
    ];

    public string UnitOf(string metric) => Data.Metrics.First(m => m.Name == metric).Unit;

    /// <summary>What limited the first and the last point on the axis, and those between.</summary>
    public IReadOnlyList<(string Label, string Limit, double Share, int Points)> Limits()
    {
        string[] parts = ["executed", "stall", "kernel", "waiting"];
        ReportMetric?[] shares = [.. parts.Select(p => Data.Metrics.FirstOrDefault(m => m.Name == $"share.{p}"))];
        if (Plan.X < 0 || shares.Any(s => s is null))
        {
            return [];
        }

        List<(string, string, double, int)> rows = [];
        foreach (IGrouping<string, int> group in Enumerable.Range(0, Data.Points.Count)
            .Where(i => !double.IsNaN(shares[0]!.Values[i]))
            .GroupBy(i => Data.Points[i].Values[Plan.X]))
        {
            double[] medians = [.. shares.Select(s => Sample.Median([.. group.Select(i => s!.Values[i])]))];
            int most = Array.IndexOf(medians, medians.Max());
            rows.Add((group.Key, parts[most], medians[most], group.Count()));
        }

        return rows;
    }
}
