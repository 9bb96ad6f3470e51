using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>What results.csv has of a point: a small standard set, and what the sweep asks for.
/// Nothing in it depends on the host.</summary>
internal static partial class PointMetrics
{
    public const string VirtualTime = "virtualTime";

    private static readonly string[] s_levels = ["l1i", "l1d", "l2", "l3"];

    /// <param name="patterns">Names of statistics, with * and ?.</param>
    public static IReadOnlyList<PointMetric> Of(
        JsonElement result, IReadOnlyList<PointMetric> statistics, IReadOnlyList<string> patterns)
    {
        List<PointMetric> metrics = [Time(result), Sum("instructions", "Count", statistics, Instructions())];
        foreach (JsonElement node in result.GetProperty("nodes").EnumerateArray())
        {
            string name = node.GetProperty("name").GetString()!;
            metrics.Add(Sum(
                $"{name}.cycles", "Cycle", statistics, new Regex($"^{Regex.Escape(name)}\\.vcpu\\d+\\.numCycles$")));
        }

        double stall = Total(statistics, Stall()), all = Total(statistics, AllCycles());
        metrics.Add(new PointMetric(
            "stallShare", (all > 0 ? stall / all : 0).ToString("R", CultureInfo.InvariantCulture), "Ratio"));
        foreach (string level in s_levels)
        {
            // A private level counts by core, a shared one once.
            Regex misses = new($"^[^.]+\\.caches\\.(vcpu\\d+\\.)?{level}\\.overallMisses$");
            if (statistics.Any(s => misses.IsMatch(s.Name)))
            {
                metrics.Add(Sum($"{level}Misses", "Count", statistics, misses));
            }
        }

        if (statistics.Any(s => NetworkBytes().IsMatch(s.Name)))
        {
            metrics.Add(Sum("networkBytes", "Byte", statistics, NetworkBytes()));
        }

        metrics.AddRange(ExitCodes(result));
        HashSet<string> known = [.. metrics.Select(metric => metric.Name)];
        foreach (string pattern in patterns)
        {
            Regex wanted = Glob(pattern);
            metrics.AddRange(statistics.Where(s => wanted.IsMatch(s.Name) && known.Add(s.Name)));
        }

        return metrics;
    }

    /// <summary>128 + signal of a guest that one killed.</summary>
    public static IReadOnlyList<PointMetric> ExitCodes(JsonElement result)
    {
        List<PointMetric> codes = [];
        foreach (JsonElement node in result.GetProperty("nodes").EnumerateArray())
        {
            if (node.GetProperty("guest") is { ValueKind: JsonValueKind.Object } guest)
            {
                int signal = guest.GetProperty("signal").GetInt32();
                int code = signal != 0 ? 128 + signal : guest.GetProperty("exitCode").GetInt32();
                codes.Add(new PointMetric(
                    $"{node.GetProperty("name").GetString()}.exitCode",
                    code.ToString(CultureInfo.InvariantCulture),
                    ""));
            }
        }

        return codes;
    }

    public static Regex Glob(string pattern) => new(
        "^" + Regex.Escape(pattern)
            .Replace("\\*", ".*", StringComparison.Ordinal)
            .Replace("\\?", ".", StringComparison.Ordinal) + "$",
        RegexOptions.CultureInvariant);

    /// <summary>Of the node that ended last, in seconds.</summary>
    private static PointMetric Time(JsonElement result)
    {
        ulong most = 0;
        foreach (JsonElement node in result.GetProperty("nodes").EnumerateArray())
        {
            most = Math.Max(most, node.GetProperty("virtualTimePs").GetUInt64());
        }

        string seconds = new ExactNumber(most, BigInteger.Pow(10, 12)).ToDecimal(12)!;
        return new PointMetric(VirtualTime, seconds, "Second");
    }

    private static PointMetric Sum(
        string name, string unit, IReadOnlyList<PointMetric> statistics, Regex wanted)
    {
        decimal sum = 0;
        foreach (PointMetric item in statistics)
        {
            sum += wanted.IsMatch(item.Name)
                ? decimal.Parse(item.Value, NumberStyles.Float, CultureInfo.InvariantCulture)
                : 0;
        }

        return new PointMetric(name, sum.ToString("0.############", CultureInfo.InvariantCulture), unit);
    }

    private static double Total(IReadOnlyList<PointMetric> statistics, Regex wanted) =>
        double.Parse(Sum("", "", statistics, wanted).Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[^.]+\.vcpu\d+\.instructions$")]
    private static partial Regex Instructions();

    [GeneratedRegex(@"^[^.]+\.vcpu\d+\.numCycles$")]
    private static partial Regex AllCycles();

    [GeneratedRegex(@"^[^.]+\.vcpu\d+\.cycles\.stall$")]
    private static partial Regex Stall();

    /// <summary>What nodes put on their own links.</summary>
    [GeneratedRegex(@"^network\.node\d+\.up\.bytes$")]
    private static partial Regex NetworkBytes();
}
