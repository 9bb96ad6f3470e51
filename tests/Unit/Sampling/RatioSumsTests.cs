using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Ratios of windows and how well they are known.</summary>
public sealed class RatioSumsTests
{
    /// <summary>Student's t for 4, 19 and 39 degrees of freedom, 97.5 %, from tables.</summary>
    private static double Quantile(int degrees) => degrees switch
    {
        4 => 2.776,
        19 => 2.093,
        39 => 2.023,
        _ => throw new ArgumentOutOfRangeException(nameof(degrees)),
    };

    /// <summary>With equal denominators it is the interval of a mean: 3 +- 2.776 * sqrt(2.5 / 5), of 10.
    /// </summary>
    [Fact]
    public void WithEqualWindows_ItIsTheIntervalOfAMean()
    {
        RatioSums sums = new();
        foreach (ulong x in new ulong[] { 1, 2, 3, 4, 5 })
        {
            sums.Add(x, 10);
        }

        (double low, double high) = sums.Interval(Quantile)!.Value;
        low.ShouldBe((3 - 1.96293) / 10, 1e-5);
        high.ShouldBe((3 + 1.96293) / 10, 1e-5);
    }

    /// <summary>Three windows of a ratio of 1, the largest of 20, and one more of 3: its deviation is 40, so the
    /// variance is 1600 / 3, and twice the standard error sqrt(1600 / 9) / (40 / 3) = 1.</summary>
    [Fact]
    public void OneMoreWindow_IsInTheVarianceAlone()
    {
        RatioSums sums = new();
        sums.Add(10, 10);
        sums.Add(20, 20);
        sums.Add(10, 10);
        sums.Interval(_ => 0.5)!.Value.ShouldBe((1, 1));
        (double low, double high) = sums.Interval(_ => 0.5, like: 3)!.Value;
        low.ShouldBe(0.5, 1e-12);
        high.ShouldBe(1.5, 1e-12);

        // Also where nothing was counted: that no window saw any makes none not certain.
        RatioSums none = new();
        none.Add(0, 10);
        none.Add(0, 10);
        none.Interval(_ => 1).ShouldBeNull();
        none.Interval(_ => 1, like: 1)!.Value.ShouldBe((0, 0.5));
    }

    [Fact]
    public void FromOneWindow_OrFromNothing_NobodyCanSay()
    {
        RatioSums sums = new();
        sums.Add(3, 10);
        sums.Interval(Quantile).ShouldBeNull();
        RatioSums none = new();
        none.Add(0, 10);
        none.Add(0, 10);
        none.Interval(Quantile).ShouldBeNull();
    }

    [Fact]
    public void AnExactRatio_IsKnownExactly()
    {
        RatioSums sums = new();
        for (ulong y = 1; y <= 20; y++)
        {
            sums.Add(y * 3, y * 12);
        }

        (double low, double high) = sums.Interval(Quantile)!.Value;
        low.ShouldBe(0.25, 1e-9);
        high.ShouldBe(0.25, 1e-9);
    }

    /// <summary>Misses come in bursts, and windows differ in how many accesses they have.</summary>
    [Theory]
    [InlineData(20, 11)]
    [InlineData(40, 12)]
    public void TheInterval_HoldsTheTruth_AsOftenAsItSays(int windows, int seed)
    {
        const int Experiments = 2_000;
        Random random = new(seed);
        int held = 0;
        for (int e = 0; e < Experiments; e++)
        {
            RatioSums sums = new();
            for (int w = 0; w < windows; w++)
            {
                int accesses = random.Next(200, 401);
                double rate = 0.05 + (0.1 * random.NextDouble());
                ulong misses = 0;
                for (int a = 0; a < accesses; a++)
                {
                    misses += random.NextDouble() < rate ? 1UL : 0;
                }

                sums.Add(misses, (ulong)accesses);
            }

            (double low, double high) = sums.Interval(Quantile)!.Value;
            held += low <= 0.1 && 0.1 <= high ? 1 : 0;
        }

        ((double)held / Experiments).ShouldBeInRange(0.93, 0.97);
    }
}
