using System.Globalization;

namespace Dilaton.Cli;

/// <summary>A fit in words.</summary>
internal static class FitWords
{
    // The tolerance of law 5.
    private const double LawTolerance = 0.02;

    public static IReadOnlyList<string> Of(FitReport fit, SeriesPlan plan, ReportData data, string unit)
    {
        string x = SeriesPlan.Short(data.Paths[plan.X]);
        x = plan.IsOverTdf ? "TDF" : x;
        List<string> words = [Slope(fit, x)];
        if (fit.Law is { } law)
        {
            words.Add(Law(fit, law));
        }

        words.Add(Knee(fit, x, plan));
        if (fit.Beyond is { } beyond)
        {
            string basis = fit.Knee is null ? "" : " from the points right of the knee";
            words.Add($"Extrapolated{basis} to {x} {X(beyond.X, plan)}: "
                + $"{MetricScale.Show(beyond.Y, unit)}, and one more observation there between "
                + $"{MetricScale.Show(beyond.Low, unit)} and {MetricScale.Show(beyond.High, unit)} with 95 %, "
                + "if the law found here goes on.");
        }

        return words;
    }

    public static string SlopeText(FitReport fit) =>
        NumberText.PlusMinus(fit.Line.Slope, fit.Line.SlopeHalfWidth);

    private static string Slope(FitReport fit, string x)
    {
        string points = string.Create(CultureInfo.InvariantCulture, $"{fit.Line.Count} medians");
        return fit.IsLog
            ? $"{fit.Metric} goes with {x} to the power of {SlopeText(fit)} (95 % interval; least squares "
                + $"of logarithms through {points})."
            : $"{fit.Metric} changes by {NumberText.Short(fit.Line.Slope)} ± "
                + $"{NumberText.Short(fit.Line.SlopeHalfWidth)} for each 1 of {x} (95 % interval; least squares "
                + $"through {points}).";
    }

    private static string Law(FitReport fit, int law)
    {
        double off = fit.Line.Slope - law;
        string how = Math.Abs(off) <= LawTolerance
            ? $"the one found is within {NumberText.Percent(LawTolerance)} of it"
            : $"the one found is {NumberText.Short(Math.Abs(off))} away from it, so something that does not "
                + "dilate takes part";
        string what = law > 0 ? "a rate is perceived TDF times as high" : "a time is perceived a TDF-th as long";
        return $"The law of dilation, if all that limits it is physical: {what}, slope {law}; {how}.";
    }

    private static string Knee(FitReport fit, string x, SeriesPlan plan)
    {
        if (!fit.KneeIsTested)
        {
            return $"Too few values of {x} to look for a knee ({KneeFit.PointsMin} are needed).";
        }

        const string method = "two joined segments by least squares, F-test against one line";
        return fit.Knee is not { } knee
            ? $"No knee ({method}, at 1 %)."
            : $"A knee at {x} {X(fit.KneeX, plan)}: slope {NumberText.Short(knee.LeftSlope)} before, "
                + $"{NumberText.Short(knee.RightSlope)} after ({method}: F = {NumberText.Short(knee.FValue)}, "
                + $"p = {NumberText.Short(knee.PValue)}, approximate as the place is estimated too).";
    }

    private static string X(double value, SeriesPlan plan)
    {
        string unit = plan.Scales[plan.X].Unit;
        return unit.Length == 0 ? NumberText.Short(value) : MetricScale.Show(value, unit);
    }
}
