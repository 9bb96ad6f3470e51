using System.Numerics;
using Dilaton.Core;
using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class VcpuClockTests
{
    private static readonly BigInteger s_second = 1_000_000_000_000;

    [Fact]
    public void Now_IsTheFloorOfTheExactQuotient() => ForAnyClock((clock, hertz, perCycle, random) =>
    {
        for (int i = 0; i < 50; i++)
        {
            clock.AddExecuted((ulong)random.NextInt64(0, 1L << 44));
            ((BigInteger)clock.Now.Picoseconds).ShouldBe(
                clock.TotalUnits * s_second / ((BigInteger)hertz * perCycle));
        }
    });

    [Fact]
    public void Total_IsTheSumOfTheFourParts() => ForAnyClock((clock, _, _, random) =>
    {
        for (int i = 0; i < 50; i++)
        {
            Step(clock, random);
            clock.TotalUnits.ShouldBe(clock.ExecutedUnits + clock.StallUnits
                + clock.KernelUnits + clock.WaitingUnits);
        }
    });

    [Fact]
    public void AChangeOfFrequency_BeginsASegment_AndThePastStays()
    {
        VcpuClock clock = new(new Frequency(3_000_000_000), 4);
        clock.AddExecuted(12_001);
        clock.Now.Picoseconds.ShouldBe(1_000_083UL);
        clock.ChangeFrequency(new Frequency(7_000_000_000));
        clock.Now.Picoseconds.ShouldBe(1_000_083UL);
        clock.AddStall(28);
        clock.Now.Picoseconds.ShouldBe(1_001_083UL);
        clock.TimeAt(12_001).Picoseconds.ShouldBe(1_000_083UL);
        clock.TimeAt(6_000).Picoseconds.ShouldBe(500_000UL);

        // Edges of 1/7 ns, counted from the change: 8 cycles and a part.
        clock.AdvanceTo(new VirtualTime(1_001_226));
        clock.TotalUnits.ShouldBe(12_001UL + 9 * 4);
        clock.Now.Picoseconds.ShouldBe(1_000_083UL + 1_285);
        clock.UnitsCovering(new VirtualTime(1_000_083)).ShouldBe(12_001UL);
        clock.UnitsUntil(new VirtualTime(1_002_083)).ShouldBe(56UL - 36);
        clock.Segments.Select(s => s.StartUnits).ShouldBe([0UL, 12_001]);
    }

    [Fact]
    public void Now_NeverGoesBack() => ForAnyClock((clock, _, _, random) =>
    {
        VirtualTime last = VirtualTime.Zero;
        for (int i = 0; i < 100; i++)
        {
            Step(clock, random);
            clock.Now.ShouldBeGreaterThanOrEqualTo(last);
            last = clock.Now;
        }
    });

    [Fact]
    public void AdvanceTo_ReachesTheNextCycleEdgeAndNoFurther() =>
        ForAnyClock((clock, hertz, perCycle, random) =>
        {
            clock.AddExecuted((ulong)random.Next(0, 1_000));
            VirtualTime before = clock.Now;
            ulong waiting = clock.WaitingUnits;
            var target = VirtualTime.FromPicoseconds((ulong)random.NextInt64(0, 1L << 40));
            clock.AdvanceTo(target);
            if (target <= before)
            {
                clock.Now.ShouldBe(before);
                clock.WaitingUnits.ShouldBe(waiting);
                return;
            }

            (clock.TotalUnits % perCycle).ShouldBe(0UL);
            clock.Now.ShouldBeGreaterThanOrEqualTo(target);
            BigInteger edgeBefore = (clock.TotalUnits / perCycle) - 1;
            (edgeBefore * s_second / hertz).ShouldBeLessThan((BigInteger)target.Picoseconds);
        });

    [Fact]
    public void UnitsCovering_IsTheLeastTotalThatShowsTheTime() =>
        ForAnyClock((clock, _, _, random) =>
        {
            var time = VirtualTime.FromPicoseconds((ulong)random.NextInt64(1, 1L << 40));
            ulong units = clock.UnitsCovering(time);
            clock.TimeAt(units).ShouldBeGreaterThanOrEqualTo(time);
            clock.TimeAt(units - 1).ShouldBeLessThan(time);
        });

    [Fact]
    public void ARoundedPicosecondIsNeverSummed()
    {
        var clock = new VcpuClock(new Frequency(3_000_000_000), 1);
        for (int i = 0; i < 3_000; i++)
        {
            clock.AddExecuted(1);
        }

        clock.Now.ShouldBe(VirtualTime.FromPicoseconds(1_000_000));
    }

    [Fact]
    public void OverflowEndsTheRun()
    {
        var clock = new VcpuClock(new Frequency(1_000_000_000), 1);
        clock.AddExecuted(ulong.MaxValue / 1_000);
        Should.Throw<OverflowException>(() => clock.AddStall(ulong.MaxValue / 1_000));
    }

    private static void Step(VcpuClock clock, Random random)
    {
        ulong amount = (ulong)random.Next(0, 1 << 20);
        switch (random.Next(4))
        {
            case 0:
                clock.AddExecuted(amount);
                break;
            case 1:
                clock.AddStall(amount);
                break;
            case 2:
                clock.AddKernel(amount);
                break;
            default:
                clock.AdvanceTo(VirtualTime.FromPicoseconds(amount * 1_000));
                break;
        }
    }

    private static void ForAnyClock(Action<VcpuClock, ulong, ulong, Random> claim) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            ulong[] rates = [1, 999_999_937, 1_000_000_000, 2_999_999_999, 3_000_000_000];
            ulong hertz = random.Next(2) == 0
                ? rates[random.Next(1, rates.Length)]
                : (ulong)random.NextInt64(1_000_000, 10_000_000_000);
            ulong perCycle = (ulong)random.Next(1, 10_000);
            claim(new VcpuClock(new Frequency(hertz), perCycle), hertz, perCycle, random);
        }).CheckSeeded();
}
