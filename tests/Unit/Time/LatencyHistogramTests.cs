using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Bins_CoverAllValues_OneAfterTheOther_AndAreNarrow()
    {
        ulong next = 0;
        do
        {
            (ulong low, ulong high) = LatencyHistogram.BoundsOf(next);
            low.ShouldBe(next);
            LatencyHistogram.BoundsOf(high).ShouldBe((low, high));
            (high - low).ShouldBeLessThanOrEqualTo(low / 16);
            next = unchecked(high + 1);
        }
        while (next != 0);
    }

    [Fact]
    public void CountSumLeastAndLargest_AreExact()
    {
        LatencyHistogram histogram = new();
        foreach (ulong value in new ulong[] { 17, 1_000_003, 0, ulong.MaxValue })
        {
            histogram.Add(value);
        }

        histogram.Count.ShouldBe(4UL);
        histogram.Sum.ShouldBe((UInt128)ulong.MaxValue + 1_000_020);
        histogram.Least.ShouldBe(0UL);
        histogram.Largest.ShouldBe(ulong.MaxValue);
        Items(histogram).Where(s => LatencyHistogram.TryParse(s.Name, out _, out ulong? low, out _) && low is not null)
            .Sum(s => (decimal)s.Value).ShouldBe(4);
        histogram.Reset();
        Items(histogram).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("node0.weave.latency::100-103", "node0.weave.latency", 100UL, 103UL)]
    [InlineData("a::7", "a", 7UL, 7UL)]
    [InlineData("a::mean", "a", null, null)]
    public void Names_CanBeTakenApart(string statistic, string name, ulong? low, ulong? high)
    {
        LatencyHistogram.TryParse(statistic, out string found, out ulong? first, out ulong? last).ShouldBeTrue();
        (found, first, last).ShouldBe((name, low, high));
    }

    [Fact]
    public void AnyOtherName_IsOfNoDistribution() =>
        LatencyHistogram.TryParse("node0.weave.latency", out _, out _, out _).ShouldBeFalse();

    private static IReadOnlyList<Statistic> Items(LatencyHistogram histogram)
    {
        StatisticsList list = new();
        histogram.Collect(list, "h", "things");
        return list.Items;
    }
}
