namespace Dilaton.Cli;

/// <summary>Two sets of results, point by point: matched by swept values and repeat, never by
/// the names of points, which change with the tool's version. Host times are not compared.</summary>
internal sealed class BaselineReport
{
    private BaselineReport(double tolerance)
    {
        Tolerance = tolerance;
    }

    /// <summary>Largest change that passes, as a part of the earlier figure.</summary>
    public double Tolerance { get; }

    /// <summary>Figures that both have.</summary>
    public int Compared { get; private set; }

    /// <summary>Beyond the tolerance or gone, the largest first.</summary>
    public IReadOnlyList<BaselineRow> Regressions { get; private set; } = [];

    /// <summary>Figures that only the new results have: no regression.</summary>
    public int Added { get; private set; }

    public bool IsGood => Regressions.Count == 0 && Compared > 0;

    public static BaselineReport Of(ReportData before, ReportData now, double tolerance)
    {
        BaselineReport report = new(tolerance);
        Dictionary<string, int> points = new(StringComparer.Ordinal);
        for (int i = 0; i < now.Points.Count; i++)
        {
            points.TryAdd(Key(now, i), i);
        }

        Dictionary<string, ReportMetric> metrics = new(StringComparer.Ordinal);
        foreach (ReportMetric metric in now.Metrics.Where(m => !m.IsHost))
        {
            metrics[metric.Name] = metric;
        }

        List<BaselineRow> rows = [];
        for (int i = 0; i < before.Points.Count; i++)
        {
            string key = Key(before, i);
            int at = points.GetValueOrDefault(key, -1);
            foreach (ReportMetric metric in before.Metrics.Where(m => !m.IsHost && !double.IsNaN(m.Values[i])))
            {
                double value = at >= 0 && metrics.TryGetValue(metric.Name, out ReportMetric? same)
                    ? same.Values[at] : double.NaN;
                BaselineRow row = new(key, metric.Name, metric.Unit, metric.Values[i], value);
                report.Compared += double.IsNaN(value) ? 0 : 1;
                if (Math.Abs(row.Change) > tolerance)
                {
                    rows.Add(row);
                }
            }
        }

        int figures = now.Metrics.Where(m => !m.IsHost).Sum(m => m.Known.Count());
        report.Added = figures - report.Compared;
        report.Regressions = [.. rows.OrderByDescending(r => Math.Abs(r.Change))];
        return report;
    }

    private static string Key(ReportData data, int point)
    {
        ReportPoint p = data.Points[point];
        IEnumerable<string> swept = data.Paths.Select((path, i) => $"{path}={p.Values[i]}");
        string repeat = data.IsSweep && p.Repeat.Length > 0 ? $"repeat {p.Repeat}" : "";
        return string.Join(", ", swept.Append(repeat).Where(t => t.Length > 0));
    }
}
