using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SlicePolicyTests
{
    [Fact]
    public void NextCheck_IsNotPassedByTheWorstStall() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            ulong perCycle = (ulong)random.Next(1, 100);
            ulong worst = (ulong)random.Next(0, 500);
            var policy = new SlicePolicy(1_000, worst, perCycle);
            ulong program = (ulong)random.NextInt64(0, 1L << 40);
            ulong distance = (ulong)random.NextInt64(0, 1L << 40);
            ulong next = policy.NextCheck(program, distance);
            next.ShouldBeGreaterThan(program);
            (next % policy.CheckUnits).ShouldBe(0UL);
            ulong run = next - program;
            (run <= policy.CheckUnits || run * (worst + 1) <= distance).ShouldBeTrue();
        }).CheckSeeded();

    [Fact]
    public void RivalsEndAtTheSliceGridAndALoneOneAtTheCheck()
    {
        var policy = new SlicePolicy(1_000, 0, 4);
        ulong near = policy.SliceUnits(Rivals.Near);
        ulong alone = policy.SliceUnits(Rivals.None);
        policy.Budget(9_000, 1_000_000, ulong.MaxValue, near).ShouldBe(3_000u);
        policy.Budget(9_000, 1_000_000, ulong.MaxValue, alone).ShouldBe(991_000u);
        policy.Budget(9_000, 1_000_000, 700, alone).ShouldBe(700u);
        policy.Budget(9_000, 9_001, 700, near).ShouldBe(1u);
        policy.Budget(0, ulong.MaxValue, ulong.MaxValue, alone)
            .ShouldBe((uint)SlicePolicy.BudgetCyclesMax * 4);
    }

    [Fact]
    public void RivalsThatAreApart_HaveLongerSlices()
    {
        var policy = new SlicePolicy(1_000, 0, 4);
        ulong apart = policy.SliceUnits(Rivals.Apart);
        apart.ShouldBe(policy.SliceUnits(Rivals.Near) * SlicePolicy.ApartSlices);
        policy.Budget(9_000, 1_000_000, ulong.MaxValue, apart).ShouldBe((uint)apart - 9_000);
        policy.Budget(9_000, 1_000_000, 700, apart).ShouldBe(700u);
        new SlicePolicy(1_000_000, 0, 4).SliceUnits(Rivals.Apart)
            .ShouldBe(SlicePolicy.BudgetCyclesMax * 4);
    }
}
