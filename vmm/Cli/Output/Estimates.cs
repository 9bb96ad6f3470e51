using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads a node's estimates out of its statistics.</summary>
internal static class Estimates
{
    private const string Mean = ".mean";
    private const double Digits = 1_000_000_000;

    public static IReadOnlyList<EstimateDocument> Of(NodeRecord run)
    {
        string prefix = $"{run.Node.Name}.sampled.";
        Dictionary<string, Statistic> all = new(StringComparer.Ordinal);
        List<EstimateDocument> found = [];
        foreach (Statistic item in run.Statistics)
        {
            if (item.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                all[item.Name] = item;
            }
        }

        foreach (Statistic item in run.Statistics)
        {
            if (all.ContainsKey(item.Name) && item.Name.EndsWith(Mean, StringComparison.Ordinal))
            {
                string name = item.Name[..^Mean.Length];
                found.Add(new EstimateDocument
                {
                    Name = name[prefix.Length..],
                    Unit = item.Unit,
                    Mean = Value(item, Math.Round) ?? 0,
                    Low = End(all, $"{name}.low", Math.Floor),
                    High = End(all, $"{name}.high", Math.Ceiling),
                    WarmLow = End(all, $"{name}.warmLow", Math.Floor),
                    WarmHigh = End(all, $"{name}.warmHigh", Math.Ceiling),
                });
            }
        }

        return found;
    }

    /// <summary>Ends are rounded outwards.</summary>
    private static double? End(
        Dictionary<string, Statistic> all, string name, Func<double, double> whole) =>
        all.TryGetValue(name, out Statistic item) ? Value(item, whole) : null;

    private static double? Value(in Statistic item, Func<double, double> whole) => item.Divisor == 0
        ? null
        : whole((double)item.Value / (double)item.Divisor * Digits) / Digits;
}
