using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Dilaton.Cli;

/// <summary>Two straight segments that join, by least squares over every place of the joint
/// (Hudson, "Fitting segmented curves whose join points have to be estimated", 1966), against one
/// line by an F-test with 2 and n - 4 degrees of freedom. As the joint is itself estimated the test
/// is approximate, so a knee is only told of below 1 %.</summary>
internal sealed class KneeFit
{
    public const double Level = 0.01;
    public const int PointsMin = 6;

    // A bend below this share of the whole variation is rounding, however certain.
    private const double BendMin = 1e-4;

    private KneeFit(double at, double residual, double left, double right)
    {
        (At, Residual, LeftSlope, RightSlope) = (at, residual, left, right);
    }

    public double At { get; }

    public double Residual { get; }

    public double LeftSlope { get; }

    public double RightSlope { get; }

    public double FValue { get; private set; }

    /// <summary>Chance of so large an F without a knee.</summary>
    public double PValue { get; private set; }

    public bool IsKnee { get; private set; }

    /// <param name="x">Ascending, all different.</param>
    /// <returns>Null for fewer than <see cref="PointsMin"/> points.</returns>
    public static KneeFit? Of(double[] x, double[] y)
    {
        if (x.Length < PointsMin || LineFit.Of(x, y) is not { } line)
        {
            return null;
        }

        KneeFit? best = null;
        for (int left = 2; left <= x.Length - 2; left++)
        {
            best = Better(best, Joined(x, y, left));
            best = Better(best, Hinged(x, y, left - 1));
            best = Better(best, Hinged(x, y, left));
        }

        best?.Test(line.Residual, x.Length, y);
        return best;
    }

    private static KneeFit? Better(KneeFit? one, KneeFit? other) =>
        one is null || (other is not null && other.Residual < one.Residual) ? other : one;

    /// <summary>Two free lines, if they meet between the points they part.</summary>
    private static KneeFit? Joined(double[] x, double[] y, int left)
    {
        (double a, double b) = Fit.Line(x[..left], y[..left]);
        (double c, double d) = Fit.Line(x[left..], y[left..]);
        double at = (c - a) / (b - d);
        if (!(at >= x[left - 1] && at <= x[left]))
        {
            return null;
        }

        double residual = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double rest = y[i] - (i < left ? a + (b * x[i]) : c + (d * x[i]));
            residual += rest * rest;
        }

        return new KneeFit(at, residual, b, d);
    }

    /// <summary>Joined at a point's own x.</summary>
    private static KneeFit? Hinged(double[] x, double[] y, int point)
    {
        if (point < 1 || point > x.Length - 2)
        {
            return null;
        }

        // Two regressors, which are zero on the other's side, and an intercept: centred, a system of two.
        double at = x[point];
        double meanLeft = x.Average(v => Math.Min(v - at, 0));
        double meanRight = x.Average(v => Math.Max(v - at, 0));
        double meanY = y.Average();
        double ll = 0, rr = 0, lr = 0, ly = 0, ry = 0;
        for (int i = 0; i < x.Length; i++)
        {
            (double l, double r, double d) = Centred(i);
            (ll, rr, lr, ly, ry) = (ll + (l * l), rr + (r * r), lr + (l * r), ly + (l * d), ry + (r * d));
        }

        double determinant = (ll * rr) - (lr * lr);
        double left = ((ly * rr) - (ry * lr)) / determinant;
        double right = ((ry * ll) - (ly * lr)) / determinant;
        double residual = 0;
        for (int i = 0; i < x.Length; i++)
        {
            (double l, double r, double d) = Centred(i);
            double rest = d - (left * l) - (right * r);
            residual += rest * rest;
        }

        return new KneeFit(at, residual, left, right);

        (double Left, double Right, double Y) Centred(int i) => (
            Math.Min(x[i] - at, 0) - meanLeft, Math.Max(x[i] - at, 0) - meanRight, y[i] - meanY);
    }

    private void Test(double lineResidual, int count, double[] y)
    {
        int freedom = count - 4;
        double mean = y.Average();
        double total = y.Sum(v => (v - mean) * (v - mean));
        double gain = lineResidual - Residual;
        FValue = Residual > 0 ? gain / 2 / (Residual / freedom) : double.PositiveInfinity;
        PValue = double.IsFinite(FValue)
            ? 1 - FisherSnedecor.CDF(2, freedom, Math.Max(FValue, 0))
            : 0;
        IsKnee = PValue < Level && gain > BendMin * total;
    }
}
