using MathNet.Numerics.Distributions;

namespace Dilaton.Cli;

/// <summary>When a series' mean is known well enough: half the confidence interval of the mean, by
/// Student's t with n - 1 degrees of freedom, is at most the wanted share of the mean (W. S. Gosset,
/// "The Probable Error of a Mean", 1908). It is asked in the order of repeats, so that who was done
/// first changes nothing.</summary>
internal static class SeriesStop
{
    /// <param name="values">Of the repeats from the first on; null: that one failed.</param>
    public static bool IsEnough(SweepStopJob stop, IReadOnlyList<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        if (known.Length < stop.Least)
        {
            return false;
        }

        (double mean, double sigma) = Statistics(known);
        double half = HalfWidth(sigma, known.Length, stop.Confidence.ToDouble());
        return half <= stop.Within.ToDouble() * Math.Abs(mean);
    }

    /// <summary>How many repeats belong to the series.</summary>
    /// <param name="values">Of the repeats that are known, without a gap.</param>
    /// <param name="isDecided">False: the next repeat must be known first.</param>
    public static int Count(
        SweepStopJob? stop, int repeats, IReadOnlyList<double?> values, out bool isDecided)
    {
        for (int n = stop?.Least ?? repeats; stop is not null && n <= values.Count; n++)
        {
            if (IsEnough(stop, [.. values.Take(n)]))
            {
                isDecided = true;
                return n;
            }
        }

        isDecided = values.Count >= repeats || stop is null;
        return repeats;
    }

    /// <summary>Mean and standard deviation of the sample.</summary>
    public static (double Mean, double Sigma) Statistics(IReadOnlyList<double> values)
    {
        double mean = values.Sum() / values.Count;
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return (mean, values.Count > 1 ? Math.Sqrt(squares / (values.Count - 1)) : 0);
    }

    public static double HalfWidth(double sigma, int count, double confidence) =>
        sigma == 0 ? 0 : StudentT.InvCDF(0, 1, count - 1, 0.5 + (confidence / 2)) * sigma / Math.Sqrt(count);
}
