using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class KneeFitTests
{
    [Theory]
    [InlineData(5.0)]
    [InlineData(5.4)]
    [InlineData(3.7)]
    public void Knee_IsFoundWhereItIs(double at)
    {
        double[] x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        double[] y = [.. x.Select(v => v < at ? 2 * v : (2 * at) + (0.5 * (v - at)))];

        KneeFit fit = KneeFit.Of(x, y)!;

        fit.IsKnee.ShouldBeTrue();
        fit.At.ShouldBe(at, 1e-9);
        fit.LeftSlope.ShouldBe(2, 1e-9);
        fit.RightSlope.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void ALine_HasNone()
    {
        double[] x = [1, 2, 3, 4, 5, 6, 7, 8];

        KneeFit.Of(x, [.. x.Select(v => (3 * v) + (1e-13 * Math.Sin(v)))])!.IsKnee.ShouldBeFalse();
    }

    [Fact]
    public void NoiseOnALine_IsSeldomTakenForOne()
    {
        int knees = 0;
        for (uint seed = 1; seed <= 400; seed++)
        {
            double[] x = [.. Enumerable.Range(1, 12).Select(i => (double)i)];
            knees += KneeFit.Of(x, [.. x.Select(v => v + Noise(seed, (uint)v))])!.IsKnee ? 1 : 0;
        }

        // The test's level is 1 % for a knee whose place is known; a sought one is found by chance a
        // little more often.
        knees.ShouldBeLessThan(20);
    }

    [Fact]
    public void FewPoints_AreNotAsked() => KneeFit.Of([1, 2, 3, 4, 5], [1, 2, 3, 3, 3]).ShouldBeNull();

    /// <summary>Nearly normal, by a sum of hashes.</summary>
    private static double Noise(uint seed, uint at)
    {
        double sum = 0;
        uint state = (seed * 2654435761u) + (at * 40503u);
        for (int i = 0; i < 12; i++)
        {
            state = (state ^ (state >> 15)) * 2246822519u;
            state = (state ^ (state >> 13)) + 3266489917u;
            sum += state / 4294967296.0;
        }

        return sum - 6;
    }
}
