namespace Dilaton.Tests.Bench;

internal static class Figures
{
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>Linear between neighbours, as R's type 7; NaN for none.</summary>
    public static double Quantile(IEnumerable<double> values, double p)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        double at = (sorted.Length - 1) * p;
        int low = (int)at;
        int high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }

    /// <summary>Interquartile range over the median.</summary>
    public static double Spread(IReadOnlyList<double> values) =>
        (Quantile(values, 0.75) - Quantile(values, 0.25)) / Median(values);

    public static double GeometricMean(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return all.Length == 0 ? double.NaN : Math.Exp(all.Sum(Math.Log) / all.Length);
    }
}
