namespace Dilaton.Cli;

/// <summary>Distributions of latencies as text.</summary>
internal static class LatencyTable
{
    public static IReadOnlyList<string> Head =>
        ["of", "where", "count", "least", "median", "90 %", "99 %", "largest", "mean"];

    public static string[] Row(LatencyCurve curve)
    {
        LatencyDistribution all = curve.Latencies;
        return
        [
            NameOf(curve.Kind), curve.Label, NumberText.Short(all.Samples), Show(all.Min), Show(all.Quantile(0.5)),
            Show(all.Quantile(0.9)), Show(all.Quantile(0.99)), Show(all.Max), Show(all.Mean),
        ];
    }

    public static string NameOf(LatencyKind kind) => kind == LatencyKind.Frames ? "frames" : "memory requests";

    private static string Show(double picoseconds) => MetricScale.Show(picoseconds, "Tick");
}
