namespace Dilaton.Cli;

/// <summary>The fits of all metrics over the axis.</summary>
internal static class FitList
{
    // Beyond it nobody reads them.
    public const int FitsMax = 400;

    public static IReadOnlyList<FitReport> Of(ReportData data, SeriesPlan plan)
    {
        List<FitReport> fits = [];
        if (plan.X < 0 || plan.Scales[plan.X].Numbers is not { } numbers)
        {
            return fits;
        }

        string[] labels = [.. data.Points.Select(plan.Label)];
        string[] lines = [.. labels.Distinct()];
        foreach (ReportMetric metric in data.Metrics.Where(m => !m.IsHost && !IsShare(m)))
        {
            if (fits.Count + lines.Length > FitsMax)
            {
                break;
            }

            if (!Varies(metric))
            {
                continue;
            }

            foreach (string line in lines)
            {
                IEnumerable<(double X, double Y)> points = Enumerable.Range(0, data.Points.Count)
                    .Where(i => labels[i] == line)
                    .Select(i => (numbers[data.Points[i].Values[plan.X]], metric.Values[i]));
                if (FitReport.Of(metric.Name, metric.Unit, line, plan.IsOverTdf, points) is { } fit)
                {
                    fits.Add(fit);
                }
            }
        }

        return fits;
    }

    // What changes by less is the same for who reads it, and a knee in it an accident.
    private static bool Varies(ReportMetric metric)
    {
        const double least = 1e-3;
        double[] known = [.. metric.Known];
        return known.Length > 1
            && known.Max() - known.Min() > least * Math.Max(Math.Abs(known.Max()), Math.Abs(known.Min()));
    }

    private static bool IsShare(ReportMetric metric) =>
        metric.Name.StartsWith("share.", StringComparison.Ordinal);
}
