using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Which instructions of a sampled run are measured.</summary>
public sealed class WindowScheduleTests
{
    private const ulong Period = 1_000;
    private const ulong Window = 50;

    [Theory]
    [InlineData(0)]
    [InlineData(120)]
    [InlineData(5_000)]
    public void EachPeriod_HasOneWindow_OnItsUnits_WithItsWarmupBefore(ulong warmup)
    {
        List<(SamplePhase Phase, ulong Begin, ulong End)> phases = Phases(warmup, seed: 3, periods: 200);
        (SamplePhase, ulong Begin, ulong)[] windows = [.. phases.Where(p => p.Phase == SamplePhase.Window)];
        for (int k = 0; k < windows.Length; k++)
        {
            (windows[k].Begin / Period).ShouldBe((ulong)k);
            (windows[k].Begin % Window).ShouldBe(0UL);
        }

        foreach ((SamplePhase phase, ulong begin, ulong end) in phases)
        {
            (end - begin).ShouldBeGreaterThan(0UL);
            if (phase == SamplePhase.Window)
            {
                (end - begin).ShouldBe(Window);
            }
            else if (phase == SamplePhase.Warmup)
            {
                (end - begin).ShouldBeLessThanOrEqualTo(warmup);
            }
            else
            {
                // Only what no warm-up reaches is left for fast forward, all of it.
                windows.ShouldContain(w => w.Begin == end + warmup);
            }
        }
    }

    /// <summary>20 units a period and 4000 periods: each unit 200 times, 14 the standard deviation.</summary>
    [Fact]
    public void EveryUnit_IsDrawnAsOften()
    {
        int[] drawn = new int[Period / Window];
        foreach ((SamplePhase phase, ulong begin, ulong _) in Phases(0, seed: 7, periods: 4_000))
        {
            drawn[begin % Period / Window] += phase == SamplePhase.Window ? 1 : 0;
        }

        drawn.ShouldAllBe(count => count > 140 && count < 260);
    }

    [Fact]
    public void TheSeed_DecidesAll()
    {
        Phases(100, seed: 1, periods: 50).ShouldBe(Phases(100, seed: 1, periods: 50));
        Phases(100, seed: 1, periods: 50).ShouldNotBe(Phases(100, seed: 2, periods: 50));
    }

    /// <summary>As several vCPUs do: windows keep their length, and come late.</summary>
    [Fact]
    public void OnePassingAPhasesEnd_BeginsTheNextLate()
    {
        WindowSchedule schedule = new(0, Period, Window, 100, 5);
        ulong windows = 0;
        while (windows < 300)
        {
            ulong begin = schedule.Position;
            ulong left = schedule.Left;
            left.ShouldBe(schedule.Phase == SamplePhase.Window ? Window : left);
            schedule.Pass(left + 37);
            schedule.IsOver.ShouldBeTrue();
            windows += schedule.Phase == SamplePhase.Window ? 1UL : 0;
            schedule.Next();
            schedule.IsOver.ShouldBeFalse();
            schedule.Position.ShouldBeGreaterThan(begin);
        }

        schedule.Position.ShouldBeInRange(299 * Period, 301 * Period);
    }

    /// <summary>All instructions are measured.</summary>
    [Fact]
    public void AWindowAsLongAsItsPeriod_FollowsTheOneBefore()
    {
        WindowSchedule schedule = new(0, Window, Window, 30, 5);
        for (int i = 0; i < 5; i++)
        {
            schedule.Phase.ShouldBe(SamplePhase.Window);
            schedule.Pass(Window);
            schedule.Next();
        }
    }

    /// <summary>Periods begin behind it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    public void TheOpening_IsAPhaseOfItsOwn(ulong warmup)
    {
        WindowSchedule plain = new(0, Period, Window, warmup, 5);
        WindowSchedule opened = new(5_000, Period, Window, warmup, 5);
        opened.Phase.ShouldBe(SamplePhase.Opening);
        opened.Left.ShouldBe(5_000UL);
        opened.Pass(5_000);
        opened.Next();
        for (int i = 0; i < 50; i++)
        {
            (opened.Phase, opened.Position, opened.Left)
                .ShouldBe((plain.Phase, plain.Position + 5_000, plain.Left));
            plain.Pass(plain.Left);
            plain.Next();
            opened.Pass(opened.Left);
            opened.Next();
        }
    }

    [Fact]
    public void APhase_EndsWithItsLastInstruction() =>
        Should.Throw<InvariantException>(() => new WindowSchedule(0, Period, Window, 0, 1).Next());

    private static List<(SamplePhase Phase, ulong Begin, ulong End)> Phases(
        ulong warmup, ulong seed, ulong periods)
    {
        WindowSchedule schedule = new(0, Period, Window, warmup, seed);
        List<(SamplePhase, ulong, ulong)> phases = [];
        while (schedule.Position < periods * Period)
        {
            ulong begin = schedule.Position;
            SamplePhase phase = schedule.Phase;
            schedule.Pass(1);
            schedule.Pass(schedule.Left);
            phases.Add((phase, begin, schedule.Position));
            schedule.Next();
        }

        // The last ones may lead to a window behind the end.
        while (phases[^1].Item1 != SamplePhase.Window)
        {
            phases.RemoveAt(phases.Count - 1);
        }

        return phases;
    }
}
