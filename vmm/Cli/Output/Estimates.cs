using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads a node's estimates out of its statistics.</summary>
internal static class Estimates
{
    private const string Mean = ".mean";

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
                    Mean = Value(item) ?? 0,
                    Low = End(all, $"{name}.low"),
                    High = End(all, $"{name}.high"),
                    WarmLow = End(all, $"{name}.warmLow"),
                    WarmHigh = End(all, $"{name}.warmHigh"),
                });
            }
        }

        return found;
    }

    private static double? End(Dictionary<string, Statistic> all, string name) =>
        all.TryGetValue(name, out Statistic item) ? Value(item) : null;

    private static double? Value(in Statistic item) => item.Divisor == 0
        ? null
        : Math.Round((double)item.Value / (double)item.Divisor, 9);
}
