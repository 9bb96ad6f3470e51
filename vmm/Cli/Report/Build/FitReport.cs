namespace Dilaton.Cli;

/// <summary>A metric over the axis, of one line: slope, knee and what lies beyond. Through the
/// medians at each x, so that repeats don't feign certainty; both logarithmic if all is above zero.
/// </summary>
internal sealed class FitReport
{
    private const double BeyondFactor = 2;

    private FitReport(string metric, string series, double[] x, double[] y, bool isLog, LineFit line)
    {
        (Metric, Series, IsLog, Line) = (metric, series, isLog, line);
        (FirstX, LastX) = (x[0], x[^1]);
        KneeFit? knee = KneeFit.Of(Scaled(x), Scaled(y));
        Knee = knee is { IsKnee: true } ? knee : null;
        KneeIsTested = knee is not null;
        Beyond = Extrapolate(x, y);
    }

    public string Metric { get; }

    public string Series { get; }

    public bool IsLog { get; }

    public LineFit Line { get; }

    /// <summary>Null if none was found.</summary>
    public KneeFit? Knee { get; }

    /// <summary>False with too few points to look for one.</summary>
    public bool KneeIsTested { get; }

    public double KneeX => IsLog ? Math.Exp(Knee!.At) : Knee!.At;

    public double FirstX { get; }

    public double LastX { get; }

    /// <summary>At twice the largest x; from the points right of a knee. Null if those are too few.
    /// </summary>
    public Prediction? Beyond { get; }

    /// <summary>The slope that the law of dilation asks for; null if it has no say.</summary>
    public int? Law { get; private init; }

    /// <param name="points">x and y of each run.</param>
    /// <returns>Null if there are fewer than three different x.</returns>
    public static FitReport? Of(
        string metric, string unit, string series, bool overTdf, IEnumerable<(double X, double Y)> points)
    {
        (double X, double Y)[] medians =
        [
            .. points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))
                .GroupBy(p => p.X).OrderBy(g => g.Key)
                .Select(g => (g.Key, Sample.Median([.. g.Select(p => p.Y)]))),
        ];
        bool log = medians.All(m => m.X > 0 && m.Y > 0);
        double[] x = [.. medians.Select(m => m.X)];
        double[] y = [.. medians.Select(m => m.Y)];
        double[] fitX = log ? [.. x.Select(v => Math.Log(v))] : x;
        double[] fitY = log ? [.. y.Select(v => Math.Log(v))] : y;
        return LineFit.Of(fitX, fitY) is { } line
            ? new FitReport(metric, series, x, y, log, line) { Law = overTdf && log ? LawOf(unit) : null }
            : null;
    }

    /// <summary>A rate is perceived TDF times as high, a time a TDF-th as long.</summary>
    public static int? LawOf(string unit) => unit switch
    {
        "Second" or "Tick" or "s" or "ms" or "us" or "ns" or "ps" => -1,
        _ when unit.EndsWith("/s", StringComparison.Ordinal) || unit.EndsWith("bps", StringComparison.Ordinal)
            || unit.EndsWith("Hz", StringComparison.Ordinal)
            || unit.EndsWith("/Second", StringComparison.Ordinal) || unit == "MIPS" => 1,
        _ => null,
    };

    /// <summary>The fitted line at x.</summary>
    public double At(double x) => IsLog ? Math.Exp(Line.At(Math.Log(x))) : Line.At(x);

    private double[] Scaled(double[] values) => IsLog ? [.. values.Select(v => Math.Log(v))] : values;

    private Prediction? Extrapolate(double[] x, double[] y)
    {
        int from = Knee is null ? 0 : Array.FindIndex(x, v => v >= KneeX);
        if (LineFit.Of(Scaled(x[from..]), Scaled(y[from..])) is not { } line)
        {
            return null;
        }

        double beyond = IsLog ? LastX * BeyondFactor : LastX + ((LastX - FirstX) / 2);
        double at = IsLog ? Math.Log(beyond) : beyond;
        double half = line.PredictionHalfWidth(at);
        double[] bounds = [line.At(at), line.At(at) - half, line.At(at) + half];
        bounds = IsLog ? [.. bounds.Select(b => Math.Exp(b))] : bounds;
        return new Prediction(beyond, bounds[0], bounds[1], bounds[2]);
    }
}
