using System.Text;

namespace Dilaton.Cli;

/// <summary>Writes what the points of a sweep came to: results.csv, tidy, which no host and no
/// interruption shows in; host.csv for what depends on the host.</summary>
internal static class SweepResults
{
    private static readonly string[] s_hostColumns =
        ["wallSeconds", "cpuSeconds", "slowdown", "mips", "peakMemoryBytes"];

    /// <exception cref="IOException">The folder can't be written.</exception>
    public static void Write(SweepFolder folder, SweepPlan plan, SweepState state)
    {
        folder.WritePoints(plan, state.Statuses);
        StringBuilder results = new();
        StringBuilder host = new();
        results.AppendRow(["point", "repeat", "seed", .. plan.Paths, "metric", "value", "unit"]);
        host.AppendRow(["point", "repeat", "seed", .. plan.Paths, .. s_hostColumns]);
        foreach ((SweepPoint point, PointResult result) in Parts(plan, state))
        {
            string[] head = [.. SweepFolder.Head(point)];
            foreach (PointMetric metric in result.Metrics)
            {
                results.AppendRow([.. head, metric.Name, metric.Value, metric.Unit]);
            }

            host.AppendRow([.. head, .. s_hostColumns.Select(name => ValueOf(result.Host, name))]);
        }

        folder.Write(SweepFolder.ResultsName, results.ToString());
        folder.Write(SweepFolder.HostName, host.ToString());
    }

    /// <summary>The points that have a result and belong to the sweep, in its order.</summary>
    public static IEnumerable<(SweepPoint Point, PointResult Result)> Parts(
        SweepPlan plan, SweepState state)
    {
        for (int series = 0; series < plan.SeriesCount; series++)
        {
            foreach (int index in state.Part(series))
            {
                if (state.Results[index] is { IsWhole: true } result)
                {
                    yield return (plan.Points[index], result);
                }
            }
        }
    }

    private static string ValueOf(IReadOnlyList<PointMetric> metrics, string name) =>
        metrics.FirstOrDefault(metric => metric.Name == name).Value ?? "";
}
