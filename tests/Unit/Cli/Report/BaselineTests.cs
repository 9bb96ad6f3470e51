using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class BaselineTests : IDisposable
{
    private readonly ReportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SameResults_AreNoRegression()
    {
        BaselineReport report = Compare(_folder.Dilation("a"), _folder.Dilation("b"), 0);

        report.IsGood.ShouldBeTrue();
        // Seven figures of each of 18 runs: two of the sweep's own, the run's time and rate, and shares.
        report.Compared.ShouldBe(18 * 8);
    }

    [Fact]
    public void ChangedFigure_IsOneUnlessWithinTheTolerance()
    {
        SweepSample before = _folder.Dilation("a");
        SweepSample now = _folder.Dilation("b", scale: 1.01);

        BaselineReport exact = Compare(before, now, 0);
        exact.IsGood.ShouldBeFalse();
        exact.Regressions.Count.ShouldBe(36);
        exact.Regressions[0].Metric.ShouldBe("rate");
        exact.Regressions[0].Change.ShouldBe(0.01, 1e-9);
        Compare(before, now, 0.0101).IsGood.ShouldBeTrue();
    }

    [Fact]
    public void PointThatIsGone_IsOne()
    {
        SweepSample before = _folder.Dilation("a");
        SweepSample now = _folder.Dilation("b");
        Directory.Delete(Path.Combine(now.Folder, "runs", "000000000004"), recursive: true);
        string results = Path.Combine(now.Folder, "results.csv");
        File.WriteAllLines(results, File.ReadAllLines(results).Where(l => !l.StartsWith("000000000004,")));

        BaselineReport report = Compare(before, now, 0.5);

        report.IsGood.ShouldBeFalse();
        report.Regressions.ShouldAllBe(r => r.Point == "time.tdf=2, repeat 1" && double.IsNaN(r.Now));
        BaselineText.Change(report.Regressions[0]).ShouldBe("gone");
    }

    [Fact]
    public void NothingInCommon_IsNotGood()
    {
        SweepSample other = _folder.Sample("b").Over("time.tdf");
        other.Add(0, ["77"], "ok", 1, 0.25, ("rate", 1, "B/s"));

        BaselineReport report = Compare(_folder.Dilation("a"), other.Write(), 0);

        report.IsGood.ShouldBeFalse();
        report.Compared.ShouldBe(0);
    }

    [Fact]
    public void HostTimes_AreNotCompared()
    {
        SweepSample before = _folder.Sample("a").Over("time.tdf");
        before.Add(0, ["1"], "ok", 1, 0.25, ("rate", 1, "B/s"));
        SweepSample now = _folder.Sample("b").Over("time.tdf");
        now.Add(0, ["1"], "ok", 7, 0.25, ("rate", 1, "B/s"));

        Compare(before.Write(), now.Write(), 0).IsGood.ShouldBeTrue();
    }

    private static BaselineReport Compare(SweepSample before, SweepSample now, double tolerance) =>
        BaselineReport.Of(ReportFolder.Load(before.Folder), ReportFolder.Load(now.Folder), tolerance);
}
