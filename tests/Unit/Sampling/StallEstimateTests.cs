using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What instructions without detail are charged.</summary>
public sealed class StallEstimateTests
{
    private static readonly StallSums s_none = new();

    [Fact]
    public void WithoutAWindow_NothingIsKnown()
    {
        StallEstimate estimate = new();
        estimate.Pass(0, 1_000, s_none).ShouldBe(0UL);
        estimate.ChargedUnits.ShouldBe(0UL);
    }

    [Fact]
    public void TheFirstWindow_IsMadeGoodForAllBeforeIt()
    {
        StallEstimate estimate = new();
        estimate.Pass(0, 900, s_none);
        estimate.Windows.Add(700, 100);
        estimate.Pass(0, 0, s_none).ShouldBe(6_300UL);
        estimate.Pass(0, 1, s_none).ShouldBe(7UL);
    }

    /// <summary>Quotients are rounded once, from sums.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void HowInstructionsArePassed_DoesNotShow(int step)
    {
        StallEstimate estimate = new();
        estimate.Windows.Add(1_001, 999);
        ulong charged = 0;
        for (int left = 7_000; left > 0; left -= step)
        {
            charged += estimate.Pass(0, (ulong)Math.Min(step, left), s_none);
        }

        charged.ShouldBe(7_000UL * 1_001 / 999);
        charged.ShouldBe(estimate.ChargedUnits);
    }

    /// <summary>A charge is never taken back, and made up for.</summary>
    [Fact]
    public void AWindowThatFindsLess_StopsChargesUntilTheyAreDue()
    {
        StallEstimate estimate = new();
        estimate.Windows.Add(500, 100);
        estimate.Pass(0, 900, s_none).ShouldBe(4_500UL);
        estimate.Windows.Add(0, 100);
        estimate.Pass(0, 800, s_none).ShouldBe(0UL);
        estimate.Pass(0, 101, s_none).ShouldBe(2UL);
        estimate.ChargedUnits.ShouldBe(1_801UL * 500 / 200);
    }

    /// <summary>A phase without stall, then one with: the charge follows the windows of each.</summary>
    [Fact]
    public void EachPhase_IsChargedByItsOwnWindows()
    {
        StallEstimate estimate = new();
        for (int k = 0; k < 100; k++)
        {
            estimate.Pass(0, 900, s_none);
            estimate.Windows.Add(k < 50 ? 0UL : 1_000, 100);
            estimate.Pass(0, 0, s_none);
            if (k == 49)
            {
                estimate.ChargedUnits.ShouldBe(0UL);
            }
        }

        estimate.ChargedUnits.ShouldBe(50 * 9_000UL);
    }

    [Fact]
    public void OneThatNoWindowSaw_IsChargedByThoseOfOthers()
    {
        StallSums others = new();
        others.Add(30, 10);
        StallEstimate estimate = new();
        estimate.Pass(0, 100, others).ShouldBe(300UL);
        estimate.Windows.Add(10, 10);
        estimate.Pass(0, 100, others).ShouldBe(0UL);
        estimate.Pass(0, 200, others).ShouldBe(100UL);
    }

    /// <summary>With what is known, windows tell the rest alone.</summary>
    [Fact]
    public void WhatIsKnown_IsChargedAtOnce()
    {
        StallEstimate estimate = new();
        estimate.Pass(70, 100, s_none).ShouldBe(70UL);
        estimate.Windows.Add(5, 20);
        estimate.Pass(0, 0, s_none).ShouldBe(25UL);
        estimate.Pass(7, 4, s_none).ShouldBe(8UL);
        estimate.ChargedUnits.ShouldBe(103UL);
    }

    /// <summary>As large as a run of months has them.</summary>
    [Fact]
    public void LargeSums_DoNotOverflow()
    {
        StallEstimate estimate = new();
        estimate.Windows.Add(1UL << 62, 1UL << 60);
        estimate.Pass(0, 1UL << 61, s_none).ShouldBe(1UL << 63);
    }

    [Theory]
    [InlineData(0, 100, 2)]
    [InlineData(50, 100, 2)]
    [InlineData(1_234, 100, 3)]
    [InlineData(99_999, 7, 1)]
    public void WhatASpinMaySkip_TakesNoLongerThanItMay(int stall, int instructions, int perInstruction)
    {
        foreach (bool owes in (bool[])[false, true])
        {
            StallEstimate estimate = new();
            estimate.Pass(0, owes ? 13UL : 0, s_none);
            estimate.Windows.Add((ulong)stall, (ulong)instructions);
            foreach (ulong units in (ulong[])[0, 1, 100, 12_345, 1_000_000])
            {
                ulong program = estimate.ProgramUnitsWithin(units, (ulong)perInstruction, s_none);
                StallEstimate run = new();
                run.Pass(0, owes ? 13UL : 0, s_none);
                run.Windows.Add((ulong)stall, (ulong)instructions);
                ulong skipped = program / (ulong)perInstruction;
                ulong charged = skipped == 0 ? 0 : run.Pass(0, skipped, s_none);
                (program + charged).ShouldBeLessThanOrEqualTo(units);
            }
        }
    }
}
