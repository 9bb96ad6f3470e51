using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>The text of a line of progress.</summary>
internal static class ProgressLine
{
    public static string Of(RunRecord run, double wallSeconds)
    {
        (ulong timePs, ulong instructions, Job job) = (run.TimePs, run.Instructions, run.Job);
        double virtualSeconds = timePs / 1e12;
        string until = job.Time.Until is { } limit ? $"/{limit}" : "";
        string slowdown = virtualSeconds > 0
            ? $"  slowdown {Number(wallSeconds / virtualSeconds)}"
            : "";
        string mips = wallSeconds > 0 ? $"  {Number(instructions / wallSeconds / 1e6)} MIPS" : "";
        string eta = "";
        if (job.Time.Until is { } end && timePs > 0 && end.Picoseconds > timePs)
        {
            double left = wallSeconds * (end.Picoseconds - timePs) / timePs;
            eta = $"  at most {Span(left)} left";
        }

        string waits = "";
        if (job.Nodes[0].Memory.Peer is { } peer && wallSeconds > 0)
        {
            double share = Math.Min(100, 100 * run.PeerWaitSeconds / wallSeconds);
            waits = string.Create(
                CultureInfo.InvariantCulture, $"  {share:0} % waiting for {peer}");
        }

        return $"virtual {Short(timePs)}{until}  wall {Span(wallSeconds)}{mips}{slowdown}{waits}"
            + eta;
    }

    /// <summary>A virtual time to four digits.</summary>
    public static string Short(ulong picoseconds)
    {
        (string Unit, double Scale)[] units = [("s", 1e12), ("ms", 1e9), ("us", 1e6), ("ns", 1e3)];
        foreach ((string unit, double scale) in units)
        {
            if (picoseconds >= scale)
            {
                return $"{Number(picoseconds / scale)} {unit}";
            }
        }

        return Quantity.FormatDuration(picoseconds);
    }

    public static string Number(double value) => value switch
    {
        >= 1000 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    private static string Span(double seconds) => seconds switch
    {
        >= 3600 => string.Create(
            CultureInfo.InvariantCulture, $"{(int)seconds / 3600}h{(int)seconds / 60 % 60:00}m"),
        >= 60 => string.Create(
            CultureInfo.InvariantCulture, $"{(int)seconds / 60}m{(int)seconds % 60:00}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s"),
    };
}
