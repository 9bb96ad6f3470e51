namespace Dilaton.Cosim;

/// <summary>A ratio estimated from windows that were drawn by lot: R = sum of x / sum of y. Its variance
/// is that of the ratio estimator by the linear approximation (W. G. Cochran, Sampling Techniques, 3rd
/// ed., 6.3 and 6.4): with n windows, d = x - R y, s^2 = sum of d^2 / (n - 1), the standard error is
/// sqrt(s^2 / n) / (mean of y), and the interval is R -+ t times that, t of Student's with n - 1 degrees
/// of freedom. Sums are whole numbers, so their order does not show.</summary>
public sealed class RatioSums
{
    private UInt128 _xx;
    private UInt128 _xy;
    private UInt128 _yy;
    private ulong _largest;

    public int Windows { get; private set; }

    public UInt128 X { get; private set; }

    public UInt128 Y { get; private set; }

    public void Add(ulong x, ulong y)
    {
        Windows++;
        X += x;
        Y += y;
        _largest = Math.Max(_largest, y);
        _xx += (UInt128)x * x;
        _xy += (UInt128)x * y;
        _yy += (UInt128)y * y;
    }

    /// <param name="quantile">Of Student's t for so many degrees of freedom, such that the interval
    /// holds the ratio with the probability that is wanted.</param>
    /// <param name="like">For the variance, one more window, as large as the largest, has this ratio; null: none.
    /// </param>
    /// <returns>Null with fewer than two windows, or where nothing was counted: nobody can say.</returns>
    public (double Low, double High)? Interval(Func<int, double> quantile, double? like = null)
    {
        ArgumentNullException.ThrowIfNull(quantile);
        if (Windows < 2 || Y == 0 || (X == 0 && like is null))
        {
            return null;
        }

        double ratio = (double)X / (double)Y;
        double squares = (double)_xx - (2 * ratio * (double)_xy) + (ratio * ratio * (double)_yy);
        double mean = (double)Y / Windows;
        double further = like is { } other ? (other - ratio) * _largest : 0;
        double variance = (Math.Max(0, squares) + (further * further)) / (Windows - (like is null ? 1 : 0));
        double error = Math.Sqrt(variance / Windows) / mean;
        double half = quantile(Windows - 1) * error;
        return (Math.Max(0, ratio - half), ratio + half);
    }
}
