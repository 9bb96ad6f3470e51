using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class ReportFitTests : IDisposable
{
    private readonly ReportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LawOfDilation_IsFoundForRatesAndTimes()
    {
        ReportModel model = ReportFolder.Model(_folder.Dilation().Folder);

        FitReport rate = model.Fits.Single(f => f.Metric == "rate");
        rate.Law.ShouldBe(1);
        rate.Line.Slope.ShouldBe(1, 1e-9);
        rate.Knee.ShouldBeNull();
        rate.Beyond!.X.ShouldBe(64);
        rate.Beyond.Y.ShouldBe(64e6, 1);
        FitReport time = model.Fits.Single(f => f.Metric == "transfer");
        time.Law.ShouldBe(-1);
        time.Line.Slope.ShouldBe(-1, 1e-9);
    }

    [Fact]
    public void WhatDoesNotDilate_IsSaid()
    {
        ReportModel model = ReportFolder.Model(_folder.Dilation(exponent: 0.7).Folder);

        FitReport rate = model.Fits.Single(f => f.Metric == "rate");
        string words = string.Join(' ', FitWords.Of(rate, model.Plan, model.Data, "B/s"));
        words.ShouldContain("rate goes with TDF to the power of 0.7");
        words.ShouldContain("slope 1; the one found is 0.3 away from it, so something that does not dilate takes part");
        words.ShouldContain("No knee");
    }

    [Fact]
    public void Saturation_IsAKneeAndBeyondItIsFlat()
    {
        SweepSample sample = _folder.Sample().Over("time.tdf");
        foreach (int tdf in new[] { 1, 2, 4, 8, 16, 32, 64, 128, 256 })
        {
            sample.Add(0, [$"{tdf}"], "ok", 1, 0.25, ("rate", 1e6 * Math.Min(tdf, 16), "B/s"));
        }

        FitReport fit = ReportFolder.Model(sample.Write().Folder).Fits.Single(f => f.Metric == "rate");

        fit.KneeX.ShouldBe(16, 1e-6);
        fit.Knee!.LeftSlope.ShouldBe(1, 1e-9);
        fit.Knee.RightSlope.ShouldBe(0, 1e-9);
        fit.Beyond!.Y.ShouldBe(16e6, 1);
    }

    [Fact]
    public void FigureThatHardlyChanges_HasNoFit()
    {
        SweepSample sample = _folder.Sample().Over("time.tdf");
        foreach (int tdf in new[] { 1, 2, 4 })
        {
            sample.Add(0, [$"{tdf}"], "ok", 1, 0.25, ("bytes", 1e6 + tdf, "Byte"), ("rate", tdf, "B/s"));
        }

        ReportFolder.Model(sample.Write().Folder).Fits.Select(f => f.Metric).ShouldBe(["rate"]);
    }

    [Fact]
    public void Repeats_DoNotNarrowTheInterval()
    {
        (double, double)[] once = [(1, 1), (2, 2.2), (4, 3.9), (8, 8.3)];

        double alone = FitReport.Of("m", "", "", false, once)!.Line.SlopeHalfWidth;
        double often = FitReport.Of("m", "", "", false, [.. once, .. once, .. once])!.Line.SlopeHalfWidth;

        often.ShouldBe(alone, 1e-12);
    }

    [Fact]
    public void Plan_TakesTdfForTheAxisAndFoldsWhatWouldBeTooManyLines()
    {
        SweepSample sample = _folder.Sample().Over("network.link.bandwidth", "time.tdf", "nodes[0].cores.count");
        for (int i = 0; i < 10; i++)
        {
            sample.Add(0, [$"{5 * i}Gbps", $"{i % 4}", $"{1 << (i % 5)}"], null);
        }

        SeriesPlan plan = SeriesPlan.Of(ReportFolder.Load(sample.Write().Folder));

        plan.X.ShouldBe(1);
        plan.IsOverTdf.ShouldBeTrue();
        plan.Series.ShouldBe([2]);
        plan.Folded.ShouldBe([0]);
        plan.Scales[0].Numbers!["25Gbps"].ShouldBe(25e9);
    }

    [Theory]
    [InlineData("10us,5us,1ms", "s", 1e-3)]
    [InlineData("32KiB,1MiB", "B", 1048576)]
    [InlineData("1/2,0.25,3/2", "", 1.5)]
    public void Axis_ReadsQuantitiesOfOneKind(string values, string unit, double last)
    {
        AxisScale axis = AxisScale.Of(values.Split(','));

        axis.Unit.ShouldBe(unit);
        axis.Numbers![values.Split(',')[^1]].ShouldBe(last, last * 1e-12);
    }

    [Fact]
    public void Axis_OfWordsOrMixedKindsHasNoNumbers()
    {
        AxisScale.Of(["full", "filtered"]).Numbers.ShouldBeNull();
        AxisScale.Of(["10us", "32KiB"]).Numbers.ShouldBeNull();
    }

    [Fact]
    public void Errors_AreHalfWidthsOverRepeatsAgainstCost()
    {
        SweepSample sample = _folder.Sample().Over("nodes[0].cores.count");
        foreach ((string cores, double cpu, double spread) in new[] { ("1", 1.0, 2.0), ("2", 2.0, 1.0), ("4", 3.0, 4.0) })
        {
            sample.Add(0, [cores], "ok", cpu, 0.25, ("ipc", 100 - spread, ""));
            sample.Add(1, [cores], "ok", cpu, 0.25, ("ipc", 100 + spread, ""));
        }

        ReportModel model = ReportFolder.Model(sample.Write().Folder);
        (string kind, IReadOnlyList<ErrorCost> rows) =
            ErrorCost.Of(model.Data, model.Plan, model.Data.Metrics.First(m => m.Name == "ipc"));

        kind.ShouldContain("95 % interval");
        // Two values at ± s around 100: t(1) x s sqrt(2) / sqrt(2) = 12.7062 s percent.
        rows.Select(r => Math.Round(100 * r.Error, 3)).ShouldBe([25.412, 12.706, 50.825]);
        rows.Select(r => r.IsOnFront).ShouldBe([true, true, false]);
    }

    [Fact]
    public void Errors_OfASweptMethodAreDeviationsFromTheCostliest()
    {
        SweepSample sample = _folder.Sample().Over("events.level");
        sample.Add(0, ["full"], "ok", 9, 0.25, ("time", 200, "ns"));
        sample.Add(0, ["filtered"], "ok", 3, 0.25, ("time", 198, "ns"));

        ReportModel model = ReportFolder.Model(sample.Write().Folder);
        (string kind, IReadOnlyList<ErrorCost> rows) =
            ErrorCost.Of(model.Data, model.Plan, model.Data.Metrics.First(m => m.Name == "time"));

        kind.ShouldBe("deviation from the costliest, level=full");
        rows.Select(r => (r.Cost, r.Error)).ShouldBe([(9, 0), (3, 0.01)]);
    }
}
