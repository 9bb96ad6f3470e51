using MathNet.Numerics;
using MathNet.Numerics.Statistics;

namespace Dilaton.Cli;

/// <summary>From measurements of a host to parameters of the core model: least squares, and no I/O.</summary>
internal static class CoreFit
{
    /// <summary>Neighbouring plateaus that are nearer than this are one.</summary>
    private const double LeastRise = 1.3;

    private const int PlateauPointsMin = 2;

    /// <summary>Cycles a nanosecond, of a chain of additions that take a cycle each.</summary>
    /// <param name="points">Additions, and what they took.</param>
    public static double Gigahertz(IReadOnlyList<FitPoint> points)
    {
        (double _, double slope) = Fit.Line([.. points.Select(p => p.X)], [.. points.Select(p => p.Y)]);
        return 1 / slope;
    }

    /// <summary>Plateaus of a pointer chase: the staircase of at most so many steps whose logarithm lies
    /// nearest to the points' (least absolute deviation, so that points between two plateaus move neither; by
    /// dynamic programming over every place of the knees).</summary>
    /// <param name="points">Bytes of the ring, rising, and what a load took.</param>
    /// <returns>The last one is memory's.</returns>
    public static IReadOnlyList<FittedLevel> Staircase(IReadOnlyList<FitPoint> points, int stepsMax)
    {
        int steps = Math.Min(stepsMax, points.Count / PlateauPointsMin);
        double[,] cost = new double[steps + 1, points.Count + 1];
        int[,] from = new int[steps + 1, points.Count + 1];
        for (int step = 0; step <= steps; step++)
        {
            for (int end = 0; end <= points.Count; end++)
            {
                (cost[step, end], from[step, end]) = step == 0
                    ? (end == 0 ? 0 : double.PositiveInfinity, 0)
                    : Best(points, cost, step, end);
            }
        }

        List<FittedLevel> levels = [];
        int last = points.Count;
        for (int step = steps; step > 0; step--)
        {
            int first = from[step, last];
            levels.Insert(0, Level(points, first, last));
            last = first;
        }

        return Merged(levels);
    }

    /// <summary>Misses under way at once: with k chases a load takes latency / min(k, this). Weighted by what
    /// was measured.</summary>
    /// <param name="points">Chases, and nanoseconds a load.</param>
    public static int Overlap(IReadOnlyList<FitPoint> points)
    {
        int best = 1;
        double least = double.PositiveInfinity;
        int most = (int)points.Max(p => p.X);
        double[] ones = [.. points.Select(_ => 1.0)];
        for (int misses = 1; misses <= most; misses++)
        {
            double[] shares = [.. points.Select(p => 1 / Math.Min(p.X, misses) / p.Y)];
            double latency = Fit.LineThroughOrigin(shares, ones);
            double error = shares.Sum(share => Math.Pow((latency * share) - 1, 2));
            if (error < least)
            {
                (best, least) = (misses, error);
            }
        }

        return best;
    }

    /// <summary>The CPI at which the programs' times lie nearest to the native ones, by the squares of their
    /// relative errors. A program's time is taken as linear in the CPI.</summary>
    /// <param name="least">What the core's width allows.</param>
    public static double Cpi(IReadOnlyList<ResponsePoint> programs, double least) => Math.Max(
        least,
        Fit.LineThroughOrigin(
            [.. programs.Select(p => p.Slope / p.Native)], [.. programs.Select(p => 1 - (p.Rest / p.Native))]));

    private static (double Cost, int From) Best(
        IReadOnlyList<FitPoint> points, double[,] cost, int step, int end)
    {
        (double Cost, int From) best = (double.PositiveInfinity, 0);
        for (int first = 0; first + PlateauPointsMin <= end; first++)
        {
            double all = cost[step - 1, first] + Deviation(points, first, end);
            if (all < best.Cost)
            {
                best = (all, first);
            }
        }

        return best;
    }

    private static double Deviation(IReadOnlyList<FitPoint> points, int first, int end)
    {
        double middle = Math.Log(Level(points, first, end).Nanoseconds);
        double sum = 0;
        for (int i = first; i < end; i++)
        {
            sum += Math.Abs(Math.Log(points[i].Y) - middle);
        }

        return sum;
    }

    private static FittedLevel Level(IReadOnlyList<FitPoint> points, int first, int end) => new(
        points[end - 1].X, points.Skip(first).Take(end - first).Select(p => p.Y).Median());

    private static List<FittedLevel> Merged(List<FittedLevel> levels)
    {
        List<FittedLevel> merged = [];
        foreach (FittedLevel level in levels)
        {
            if (merged.Count > 0 && level.Nanoseconds < merged[^1].Nanoseconds * LeastRise)
            {
                merged[^1] = merged[^1] with { Bytes = level.Bytes };
            }
            else
            {
                merged.Add(level);
            }
        }

        return merged;
    }
}
