using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

public sealed class WindowLotTests
{
    private const long Period = 1_000_000;

    [Fact]
    public void EachPeriod_HasOneWindow_AnywhereInIt()
    {
        WindowLot lot = new(Period, seed: 7);
        List<ulong> phases = [];
        for (ulong i = 0; i < 1_000; i++)
        {
            (lot.NextAt / Period).ShouldBe(i);
            phases.Add(lot.NextAt % Period);
            lot.Ran(lot.Left);
            lot.Begun();
        }

        // The mean of 1000 even lots is within 5 standard errors of the middle: 0.5 +- 5 * 0.0091.
        phases.Average(p => (double)p / Period).ShouldBe(0.5, 0.046);
        phases.Min().ShouldBeLessThan(Period / 100UL);
        phases.Max().ShouldBeGreaterThan(Period * 99UL / 100);
    }

    [Fact]
    public void ALongSlice_LeavesOutWindows_AndOwesNone()
    {
        WindowLot lot = new(Period, seed: 7);
        lot.Ran(10 * Period);
        lot.Left.ShouldBe(0);
        lot.Begun();
        (lot.NextAt / Period).ShouldBe(10UL);
    }

    [Fact]
    public void TheSeed_IsAllThatLotsDependOn()
    {
        new WindowLot(Period, 3).NextAt.ShouldBe(new WindowLot(Period, 3).NextAt);
        new WindowLot(Period, 3).NextAt.ShouldNotBe(new WindowLot(Period, 4).NextAt);
    }
}
