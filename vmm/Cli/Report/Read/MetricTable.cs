namespace Dilaton.Cli;

/// <summary>Collects metrics in the order in which they are first seen.</summary>
internal sealed class MetricTable(int points)
{
    private readonly Dictionary<string, ReportMetric> _byName = new(StringComparer.Ordinal);
    private readonly List<ReportMetric> _metrics = [];

    public IReadOnlyList<ReportMetric> Metrics => _metrics;

    public void Set(int point, string name, string unit, string description, double value, bool host = false)
    {
        if (!_byName.TryGetValue(name, out ReportMetric? metric))
        {
            metric = new ReportMetric(name, unit, description, host, points);
            _byName[name] = metric;
            _metrics.Add(metric);
        }

        metric.Values[point] = value;
    }

    /// <summary>What every run has: its virtual time, where that went, and what it cost the host.
    /// </summary>
    public void SetRun(int point, RunFacts run)
    {
        double seconds = run.VirtualTimePs / 1e12;
        if (!double.IsNaN(seconds))
        {
            Set(point, "virtualTime", "Second", "virtual time at the end of the last node", seconds);
        }

        if (seconds > 0)
        {
            double instructions = JsonText.Items(run.Result?["nodes"]).Sum(n => JsonText.Number(n?["instructions"]));
            Set(point, "instructionRate", "instr/s", "instructions of all nodes by virtual time",
                instructions / seconds);
            double[] bytes = [.. run.Statistics.Where(IsSentBytes).Select(s => s.Value)];
            if (bytes.Length > 0)
            {
                Set(point, "networkRate", "B/s", "bytes that nodes sent by virtual time", bytes.Sum() / seconds);
            }
        }

        if (TimeShares.Of(run.Statistics) is { } shares)
        {
            Set(point, "share.executed", "Ratio", "of all cores' virtual time", shares.Total.Executed);
            Set(point, "share.stall", "Ratio", "of all cores' virtual time", shares.Total.Stall);
            Set(point, "share.kernel", "Ratio", "of all cores' virtual time", shares.Total.Kernel);
            Set(point, "share.waiting", "Ratio", "of all cores' virtual time", shares.Total.Waiting);
        }

        SetHost(point, run, "wallSeconds", "Second", "host time");
        SetHost(point, run, "cpuSeconds", "Second", "host processor time of all processes");
        SetHost(point, run, "slowdown", "Ratio", "host time / virtual time");
    }

    public static bool IsSentBytes(RunStatistic item) =>
        item.Name.StartsWith("network.node", StringComparison.Ordinal)
        && item.Name.EndsWith(".up.bytes", StringComparison.Ordinal);

    private void SetHost(int point, RunFacts run, string name, string unit, string description)
    {
        double value = JsonText.Number(JsonText.Find(run.Result, "host", name));
        if (!double.IsNaN(value))
        {
            Set(point, $"host.{name}", unit, description, value, host: true);
        }
    }
}
