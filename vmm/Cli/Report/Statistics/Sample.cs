namespace Dilaton.Cli;

/// <summary>Order statistics of a few repeats.</summary>
internal static class Sample
{
    /// <param name="values">Not empty; in any order.</param>
    /// <returns>The middle value, or the mean of the two in the middle.</returns>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// <summary>Half the width of the 95 % interval of the mean (Student), in the values' unit.
    /// </summary>
    /// <returns>NaN for fewer than two values.</returns>
    public static double HalfWidth(IReadOnlyCollection<double> values)
    {
        if (values.Count < 2)
        {
            return double.NaN;
        }

        double mean = values.Average();
        double squares = values.Sum(v => (v - mean) * (v - mean));
        double variance = squares / (values.Count - 1);
        return Student.Quantile(values.Count - 1) * Math.Sqrt(variance / values.Count);
    }
}
