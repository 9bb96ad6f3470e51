using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What windows may be off by where caches saw nothing before them.</summary>
public sealed class ColdWindowTests
{
    private static double Two(int degrees) => 2;

    [Fact]
    public void WhereNothingIsOpen_BoundsAreThoseOfTheWindows()
    {
        ColdWindow cold = new();
        RatioSums sums = new();
        foreach (ulong stall in (ulong[])[100, 140, 90])
        {
            cold.Begin();
            cold.Add(weight: 80, coldWeight: 0, sparedWeight: 0);
            cold.End(new SampleMark(50, stall, stall, 0, 50));
            sums.Add(stall, 50);
        }

        cold.Bounds.Low(Two).ShouldBe(sums.Interval(Two)!.Value.Low);
        cold.Bounds.High(Two).ShouldBe(sums.Interval(Two)!.Value.High);
    }

    /// <summary>A quarter of the misses' weight is of lines that may have hit: so is a quarter of their stall,
    /// which is half of it all.</summary>
    [Fact]
    public void WhatMayHaveHit_TakesItsShareOfTheMissesStall()
    {
        ColdWindow cold = new();
        for (int i = 0; i < 3; i++)
        {
            cold.Begin();
            cold.Add(weight: 60, coldWeight: 20, sparedWeight: 0);
            cold.Add(weight: 20, coldWeight: 0, sparedWeight: 0);
            cold.End(new SampleMark(50, 400, 200, 0, 50));
        }

        cold.Bounds.Low(Two).ShouldBe((400 - 50) / 50.0);
        cold.Bounds.High(Two).ShouldBe(400 / 50.0);
    }

    /// <summary>Misses of this window took twice their weight, so others would have; never less.</summary>
    [Theory]
    [InlineData(160, 2 * 30)]
    [InlineData(40, 30)]
    [InlineData(0, 30)]
    public void WhatMayHaveMissed_TakesAsLongAsTheOthers(int missUnits, int more)
    {
        ColdWindow cold = new();
        for (int i = 0; i < 3; i++)
        {
            cold.Begin();
            cold.Add(weight: missUnits == 0 ? 0UL : 80, coldWeight: 0, sparedWeight: 30);
            cold.End(new SampleMark(50, 400, (ulong)missUnits, 0, 50));
        }

        cold.Bounds.Low(Two).ShouldBe(400 / 50.0);
        cold.Bounds.High(Two).ShouldBe((400 + more) / 50.0);
    }

    [Fact]
    public void AReset_ForgetsWindowsAndTheOneInCourse()
    {
        ColdWindow cold = new();
        cold.Begin();
        cold.Add(10, 10, 10);
        cold.End(new SampleMark(50, 10, 10, 0, 50));
        cold.Begin();
        cold.Add(10, 10, 10);
        cold.ResetStatistics();
        for (int i = 0; i < 2; i++)
        {
            cold.End(new SampleMark(50, 100, 100, 0, 50));
            cold.Begin();
        }

        cold.Bounds.Low(Two).ShouldBe(2);
        cold.Bounds.High(Two).ShouldBe(2);
    }
}
