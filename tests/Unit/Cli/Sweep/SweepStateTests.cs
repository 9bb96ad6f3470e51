using System.Globalization;
using Dilaton.Cli;
using Dilaton.Core;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SweepStateTests
{
    private static readonly SweepStopJob s_stop = new() { Metric = "m", Least = 3, Most = 12 };

    [Theory]
    [InlineData(0.9, 2, 2.920)] // Student's t, two-sided: tables of any textbook.
    [InlineData(0.95, 4, 2.776)]
    [InlineData(0.99, 9, 3.250)]
    [InlineData(0.95, 30, 2.042)]
    public void HalfWidth_IsStudentsTimesTheStandardError(double confidence, int freedom, double t) =>
        SeriesStop.HalfWidth(2, freedom + 1, confidence)
            .ShouldBe(t * 2 / Math.Sqrt(freedom + 1), 0.001);

    [Fact]
    public void Series_EndsAtTheFirstRepeatThatIsEnough()
    {
        SeriesStop.Count(s_stop, 12, [5, 5, 5], out bool decided).ShouldBe(3);
        decided.ShouldBeTrue();
        SeriesStop.Count(s_stop, 12, [5, 5], out decided).ShouldBe(12);
        decided.ShouldBeFalse();
        SeriesStop.Count(s_stop, 12, [1, 9, 5], out decided).ShouldBe(12);
        decided.ShouldBeFalse();
        // Two that failed are none.
        SeriesStop.Count(s_stop, 12, [5, null, 5, null, 5], out decided).ShouldBe(5);
        decided.ShouldBeTrue();
        SeriesStop.Count(s_stop, 3, [1, 9, 5], out decided).ShouldBe(3);
        decided.ShouldBeTrue();
    }

    [Fact]
    public void WithoutStop_PointsStartInOrder_AndWhatIsDoneIsLeftOut()
    {
        SweepPlan plan = Plan(3, 2, null);
        SweepState state = new(plan, point => point.Id is "000000000001" or "000000000004"
            ? Result(1) : null);
        List<string> started = [];
        while (state.TakeNext() is { } point)
        {
            started.Add(point.Id[^1..]);
        }

        started.ShouldBe(["0", "2", "3", "5"]);
        state.Missing.Count.ShouldBe(4);
    }

    [Fact]
    public void AFailedPoint_IsRunAgain_AndShown()
    {
        SweepPlan plan = Plan(2, 1, null);
        PointResult failed = new() { Status = "guest-failed", Reason = "", IsWhole = true };
        SweepState state = new(plan, point => point.Id[^1] == '0' ? failed : Result(1));
        state.Statuses.ShouldBe(["guest-failed", "ok"]);
        state.Failed.ShouldBe(0);
        state.TakeNext()!.Id[^1].ShouldBe('0');
        state.Statuses.ShouldBe(["planned", "ok"]);
        state.Take(0, failed);
        state.Statuses.ShouldBe(["guest-failed", "ok"]);
        state.Failed.ShouldBe(1);
        state.TakeNext().ShouldBeNull();
    }

    /// <summary>Whoever is done first, and however many run at once: the same points are run and the
    /// same belong to the sweep.</summary>
    [Fact]
    public void EarlyStop_DoesNotDependOnWhoIsDoneFirst()
    {
        Prop.ForAll(
            (from spread in Gen.Choose(0, 100)
             from width in Gen.Choose(1, 8)
             from order in Gen.Choose(0, int.MaxValue)
             select (spread, width, order)).ToArbitrary(),
            each => Part(each.spread, each.width, each.order)
                .ShouldBe(Part(each.spread, 1, 0))).CheckSeeded();
    }

    private static string Part(int spread, int width, int order)
    {
        SweepPlan plan = Plan(3, s_stop.Most, s_stop);
        SweepState state = new(plan, _ => null);
        List<SweepPoint> running = [];
        ulong chance = (ulong)order;
        HashSet<string> ran = [];
        while (true)
        {
            while (running.Count < width && state.TakeNext() is { } next)
            {
                running.Add(next);
                ran.Add(next.Id).ShouldBeTrue();
            }

            if (running.Count == 0)
            {
                break;
            }

            chance = (chance * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
            SweepPoint done = running[(int)((chance >> 33) % (ulong)running.Count)];
            running.Remove(done);
            int value = 1000 + (int)((ulong)(done.Seed * 2_654_435_761) % 97 * (ulong)spread / 100);
            state.Take(state.IndexOf[done.Id], Result(value));
        }

        string part = string.Join(' ', Enumerable.Range(0, plan.SeriesCount).Select(s => state.Part(s).Count));
        ran.Count.ShouldBe(Enumerable.Range(0, plan.SeriesCount).Sum(s => state.Part(s).Count));
        state.Statuses.Count(status => status == "ok").ShouldBe(ran.Count);
        return part;
    }

    private static PointResult Result(int value) => new()
    {
        Status = "ok",
        Reason = "",
        IsDone = true,
        IsWhole = true,
        Metrics = [new PointMetric("m", value.ToString(CultureInfo.InvariantCulture), "")],
    };

    private static SweepPlan Plan(int series, int repeats, SweepStopJob? stop) => new()
    {
        Name = "",
        Paths = [],
        Seed = 1,
        Files = [],
        Needs = SweepNeeds.None,
        Spec = new SweepSpec { Axes = [], Where = [], Repeat = repeats, Stop = stop, Metrics = [] },
        Points =
        [
            .. Enumerable.Range(0, series * repeats).Select(i => new SweepPoint(
                i.ToString("d12", CultureInfo.InvariantCulture), i / repeats, i % repeats, i, [])),
        ],
    };
}
