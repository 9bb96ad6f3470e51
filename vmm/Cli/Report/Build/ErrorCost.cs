namespace Dilaton.Cli;

/// <summary>What a figure's error is against what it costs: by swept values, over the repeats.
/// </summary>
/// <param name="Label">Swept values in words.</param>
/// <param name="Cost">Mean host processor time, in seconds.</param>
/// <param name="Error">As a part of the figure.</param>
internal sealed record ErrorCost(string Label, double Cost, double Error, bool IsOnFront)
{
    // What these set is how closely the machine is computed, not the machine: a change of the figure
    // is an error.
    private static readonly string[] s_methods =
        ["events.", "time.slice", "time.weave", "time.feedback", "sync.", "engine", "memory.cut"];

    public static bool IsMethod(string path) => s_methods.Any(m => path.Contains(m, StringComparison.Ordinal));

    /// <summary>Half-widths of the mean where there are repeats that differ; deviations from the
    /// costliest where only the method is swept; otherwise nothing, for want of an error.</summary>
    public static (string Kind, IReadOnlyList<ErrorCost> Rows) Of(ReportData data, SeriesPlan plan, ReportMetric metric)
    {
        ReportMetric? cost = data.Metrics.FirstOrDefault(m => m.Name == "host.cpuSeconds");
        if (cost is null || metric.IsHost || plan.Varying.Count == 0)
        {
            return ("", []);
        }

        var groups = Enumerable.Range(0, data.Points.Count)
            .Where(i => !double.IsNaN(metric.Values[i]) && !double.IsNaN(cost.Values[i]))
            .GroupBy(i => string.Join(", ", plan.Varying.Select(p =>
                $"{SeriesPlan.Short(data.Paths[p])}={data.Points[i].Values[p]}")))
            .Select(g => (Label: g.Key, Cost: g.Average(i => cost.Values[i]),
                Values: g.Select(i => metric.Values[i]).ToArray()))
            .ToList();
        if (groups.Count > 0 && groups.All(g => g.Values.Length > 1)
            && groups.Any(g => g.Values.Distinct().Count() > 1))
        {
            return ("half of the 95 % interval of the mean over repeats", Marked(groups.Select(g =>
                (g.Label, g.Cost, Error: Sample.HalfWidth(g.Values) / Math.Abs(g.Values.Average())))));
        }

        if (groups.Count < 2 || !plan.Varying.All(p => IsMethod(data.Paths[p])))
        {
            return ("", []);
        }

        (string label, double _, double[] reference) = groups.MaxBy(g => g.Cost);
        double right = Sample.Median(reference);
        return ($"deviation from the costliest, {label}", Marked(groups.Select(g =>
            (g.Label, g.Cost, Error: Math.Abs(Sample.Median(g.Values) - right) / Math.Abs(right)))));
    }

    private static List<ErrorCost> Marked(IEnumerable<(string Label, double Cost, double Error)> rows)
    {
        (string Label, double Cost, double Error)[] known = [.. rows.Where(r => double.IsFinite(r.Error))];
        bool[] front = ParetoFront.Of([.. known.Select(r => (r.Cost, r.Error))]);
        return [.. known.Select((r, i) => new ErrorCost(r.Label, r.Cost, r.Error, front[i]))];
    }
}
