using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>The text of a line of progress.</summary>
internal static class ProgressLine
{
    public static string Of(RunRecord run, double wallSeconds)
    {
        NodeRecord[] open = [.. run.Nodes.Where(node => !node.IsOver)];
        if (open.Length == 0)
        {
            open = [.. run.Nodes];
        }

        NodeRecord slowest = open.MinBy(node => node.TimePs)!;
        NodeRecord fastest = open.MaxBy(node => node.TimePs)!;
        ulong timePs = slowest.TimePs;
        string times = run.IsAlone
            ? $"virtual {Short(timePs)}"
            : $"{open.Length} of {run.Nodes.Count} nodes  virtual {Short(timePs)} "
                + $"({slowest.Node.Name}) to {Short(fastest.TimePs)} ({fastest.Node.Name})";
        string until = run.Job.Time.Until is { } limit ? $"/{limit}" : "";
        double virtualSeconds = timePs / 1e12;
        string slowdown = virtualSeconds > 0
            ? $"  slowdown {Number(wallSeconds / virtualSeconds)}"
            : "";
        string mips = wallSeconds > 0
            ? $"  {Number(run.Instructions / wallSeconds / 1e6)} MIPS"
            : "";
        string eta = "";
        if (run.Job.Time.Until is { } end && timePs > 0 && end.Picoseconds > timePs)
        {
            double left = wallSeconds * (end.Picoseconds - timePs) / timePs;
            eta = $"  at most {Span(left)} left";
        }

        return $"{times}{until}  wall {Span(wallSeconds)}{mips}{slowdown}"
            + Waits(run, open, wallSeconds) + eta;
    }

    /// <summary>The node that waits for its peer the most.</summary>
    private static string Waits(RunRecord run, NodeRecord[] open, double wallSeconds)
    {
        NodeRecord? most = open.Where(node => node.Node.Memory.Peer is not null)
            .MaxBy(node => node.PeerWaitSeconds);
        if (most is null || wallSeconds <= 0)
        {
            return "";
        }

        double share = Math.Min(100, 100 * most.PeerWaitSeconds / wallSeconds);
        string who = run.IsAlone ? "" : $"{most.Node.Name} ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  {who}{share:0} % waiting for {most.Node.Memory.Peer}");
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

    public static string Span(double seconds) => seconds switch
    {
        >= 3600 => string.Create(
            CultureInfo.InvariantCulture, $"{(int)seconds / 3600}h{(int)seconds / 60 % 60:00}m"),
        >= 60 => string.Create(
            CultureInfo.InvariantCulture, $"{(int)seconds / 60}m{(int)seconds % 60:00}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s"),
    };
}
