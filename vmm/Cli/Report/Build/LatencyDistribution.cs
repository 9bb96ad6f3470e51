using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A distribution of latencies as statistics have it, in picoseconds; of several nodes
/// together if it is their sum.</summary>
internal sealed class LatencyDistribution
{
    private readonly SortedDictionary<ulong, (ulong High, double Count)> _bins = [];
    private double _sum;

    public double Samples { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; }

    public double Mean => _sum / Samples;

    /// <summary>By name, as <c>node0.weave.latency</c>, in the order of the statistics.</summary>
    public static IReadOnlyList<(string Name, LatencyDistribution Distribution)> Of(
        IReadOnlyList<RunStatistic> statistics)
    {
        List<(string Name, LatencyDistribution Distribution)> found = [];
        foreach (RunStatistic item in statistics)
        {
            if (LatencyHistogram.TryParse(item.Name, out string name, out ulong? low, out ulong? high))
            {
                if (found.Count == 0 || found[^1].Name != name)
                {
                    found.Add((name, new LatencyDistribution()));
                }

                found[^1].Distribution.Take(item, low, high);
            }
        }

        return [.. found.Where(f => f.Distribution is { Samples: > 0, _bins.Count: > 0 })];
    }

    public static bool IsBin(RunStatistic item) =>
        LatencyHistogram.TryParse(item.Name, out _, out ulong? low, out _) && low is not null;

    public void Add(LatencyDistribution other)
    {
        Samples += other.Samples;
        _sum += other._sum;
        (Min, Max) = (Math.Min(Min, other.Min), Math.Max(Max, other.Max));
        foreach ((ulong low, (ulong high, double count)) in other._bins)
        {
            _bins[low] = (high, count + _bins.GetValueOrDefault(low).Count);
        }
    }

    /// <summary>Points of the distribution function: the share of samples up to a latency, straight
    /// within a bin. At most <paramref name="most"/>, evenly spread over the shares.</summary>
    public IReadOnlyList<(double Latency, double Share)> Curve(int most)
    {
        List<(double Latency, double Share)> points = [(Min, 0)];
        double sum = 0;
        foreach ((ulong low, (ulong high, double count)) in _bins)
        {
            double begin = Math.Max(Min, low);
            if (begin > points[^1].Latency)
            {
                points.Add((begin, sum / Samples));
            }

            sum += count;
            points.Add((Math.Min(Max, high + 1.0), sum / Samples));
        }

        if (points.Count <= most)
        {
            return points;
        }

        List<(double Latency, double Share)> kept = [points[0]];
        for (int i = 1; i < points.Count - 1; i++)
        {
            // Those between which much lies, and what leads up to them.
            double step = 2.0 / (most - 2);
            if (points[i + 1].Share - kept[^1].Share >= step)
            {
                kept.Add(points[i]);
            }
        }

        return [.. kept.Take(most - 1), points[^1]];
    }

    /// <param name="share">0 to 1.</param>
    /// <returns>To within the width of a bin: 1/16.</returns>
    public double Quantile(double share)
    {
        (double Latency, double Share) before = (Min, 0);
        foreach ((double Latency, double Share) point in Curve(int.MaxValue))
        {
            if (point.Share >= share)
            {
                double part = point.Share > before.Share ? (share - before.Share) / (point.Share - before.Share) : 1;
                return before.Latency + (part * (point.Latency - before.Latency));
            }

            before = point;
        }

        return Max;
    }

    private void Take(RunStatistic item, ulong? low, ulong? high)
    {
        string what = item.Name[(item.Name.IndexOf("::", StringComparison.Ordinal) + 2)..];
        if (!double.IsFinite(item.Value))
        {
            return;
        }

        switch (what)
        {
            case "samples":
                Samples = item.Value;
                break;
            case "min":
                Min = item.Value;
                break;
            case "max":
                Max = item.Value;
                break;
            case "mean":
                _sum = item.Value * Samples;
                break;
            default:
                if (low is { } first && high is { } last)
                {
                    _bins[first] = (last, item.Value);
                }

                break;
        }
    }
}
