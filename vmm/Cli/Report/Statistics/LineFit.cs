using MathNet.Numerics;

namespace Dilaton.Cli;

/// <summary>An ordinary least squares line with the 95 % intervals of its slope and of one more
/// observation (Draper and Smith, Applied Regression Analysis, "Fitting a Straight Line").</summary>
internal sealed class LineFit
{
    private readonly double _meanX;
    private readonly double _spreadX;
    private readonly double _deviation;
    private readonly double _t;

    private LineFit(double[] x, double[] y)
    {
        Count = x.Length;
        (Intercept, Slope) = Fit.Line(x, y);
        _meanX = x.Average();
        _spreadX = x.Sum(v => (v - _meanX) * (v - _meanX));
        for (int i = 0; i < x.Length; i++)
        {
            double rest = y[i] - At(x[i]);
            Residual += rest * rest;
        }

        _deviation = Math.Sqrt(Residual / (Count - 2));
        _t = Student.Quantile(Count - 2);
    }

    public int Count { get; }

    public double Intercept { get; }

    public double Slope { get; }

    /// <summary>Sum of squared residuals.</summary>
    public double Residual { get; }

    /// <summary>Half of the 95 % interval of the slope.</summary>
    public double SlopeHalfWidth => _t * _deviation / Math.Sqrt(_spreadX);

    /// <returns>Null if there are fewer than three points or only one x: then nothing can be said
    /// of an error.</returns>
    public static LineFit? Of(IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        x.Count < 3 || x.Distinct().Count() < 3 ? null : new LineFit([.. x], [.. y]);

    public double At(double x) => Intercept + (Slope * x);

    /// <summary>Half of the interval that one more observation at x falls into with 95 %.</summary>
    public double PredictionHalfWidth(double x)
    {
        double away = x - _meanX;
        return _t * _deviation * Math.Sqrt(1 + (1.0 / Count) + (away * away / _spreadX));
    }
}
