using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What `calibrate` fits comes back from measurements that were made up of known parameters.</summary>
public sealed class CoreFitTests
{
    private static readonly double[] s_rings =
        [.. Enumerable.Range(12, 16).SelectMany(k => new[] { Math.Pow(2, k), 1.5 * Math.Pow(2, k) })];

    [Theory]
    [InlineData(3.55, 0)]
    [InlineData(2.1, 0.001)]
    public void TheClock_ComesBackFromAChainOfAdditions_WhateverItsStartCosts(double gigahertz, double noise)
    {
        var random = new Random(71);
        FitPoint[] points =
        [
            .. Enumerable.Range(1, 6).Select(i => new FitPoint(
                i * 1e6, 700 + (i * 1e6 / gigahertz * (1 + (noise * ((2 * random.NextDouble()) - 1)))))),
        ];
        CoreFit.Gigahertz(points).ShouldBe(gigahertz, gigahertz * ((3 * noise) + 1e-9));
    }

    [Fact]
    public void Plateaus_AndKnees_ComeBackFromAStaircase()
    {
        FittedLevel[] levels =
            [new(48 << 10, 1.25), new(1 << 20, 4.5), new(24 << 20, 14), new(s_rings[^1], 92)];
        CoreFit.Staircase(Stairs(levels, noise: 0), 4).ShouldBe(levels);
        IReadOnlyList<FittedLevel> noisy = CoreFit.Staircase(Stairs(levels, noise: 0.08), 4);
        noisy.Select(l => l.Bytes).ShouldBe(levels.Select(l => l.Bytes));
        for (int i = 0; i < levels.Length; i++)
        {
            noisy[i].Nanoseconds.ShouldBe(levels[i].Nanoseconds, levels[i].Nanoseconds * 0.08);
        }
    }

    [Fact]
    public void OfTwoCaches_TheStaircaseHasNoThird()
    {
        FittedLevel[] levels = [new(32 << 10, 1.3), new(512 << 10, 5), new(s_rings[^1], 110)];
        CoreFit.Staircase(Stairs(levels, noise: 0), 4).ShouldBe(levels);
    }

    /// <summary>Between two plateaus real caches have a slope: it moves a knee, and no latency.</summary>
    [Fact]
    public void ASlopeBetweenPlateaus_MovesNoLatency()
    {
        FittedLevel[] levels =
            [new(32 << 10, 1.25), new(512 << 10, 4.5), new(8 << 20, 14), new(s_rings[^1], 92)];
        FitPoint[] points =
        [
            .. Stairs(levels, noise: 0).Select(p => p.X == 768 << 10 ? p with { Y = 8 }
                : p.X == 12 << 20 ? p with { Y = 40 } : p),
        ];
        CoreFit.Staircase(points, 4).Select(l => l.Nanoseconds).ShouldBe(levels.Select(l => l.Nanoseconds));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(22)]
    public void MissesAtOnce_ComeBackFromChasesSideBySide(int misses)
    {
        int[] chases = [1, 2, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48];
        FitPoint[] points =
            [.. chases.Select((k, i) => new FitPoint(k, 90.0 / Math.Min(k, misses) * (i % 2 == 0 ? 1.01 : 0.99)))];
        CoreFit.Overlap(points).ShouldBeInRange(misses - 1, misses + 1);
    }

    [Fact]
    public void TheCpi_ComesBackFromProgramsThatAreLinearInIt_AndIsNoLessThanTheWidthAllows()
    {
        (double Instructions, double Stall)[] programs = [(1e6, 0), (4e6, 3e5), (2e5, 9e5)];
        const double Clock = 3.2, Cpi = 0.43;
        ResponsePoint[] points =
        [
            .. programs.Select((p, i) => new ResponsePoint(
                $"p{i}", Time(p, Cpi), 0.25, Time(p, 0.25), 1, Time(p, 1))),
        ];
        CoreFit.Cpi(points, 0.25).ShouldBe(Cpi, 1e-9);
        CoreFit.Cpi(points, 0.5).ShouldBe(0.5);

        static double Time((double Instructions, double Stall) p, double cpi) =>
            (p.Instructions * cpi / Clock) + p.Stall;
    }

    /// <summary>Programs whose errors have both signs: the sum of the squares of the relative ones is least.</summary>
    [Fact]
    public void TheCpi_LiesBetweenPrograms_ByRelativeErrors()
    {
        ResponsePoint[] points =
        [
            new("quick", 100, 0.5, 50, 1, 100), // CPI 1
            new("slow", 3000, 0.5, 500, 1, 1000), // CPI 3
        ];
        double fitted = CoreFit.Cpi(points, 0.1);
        double Squares(double cpi) => Math.Pow(cpi - 1, 2) + Math.Pow((cpi / 3) - 1, 2);
        fitted.ShouldBe(1.2, 1e-9);
        Squares(fitted).ShouldBeLessThan(Math.Min(Squares(fitted - 0.01), Squares(fitted + 0.01)));
    }

    private static FitPoint[] Stairs(FittedLevel[] levels, double noise)
    {
        var random = new Random(71);
        return
        [
            .. s_rings.Select(x => new FitPoint(
                x, levels.First(l => x <= l.Bytes).Nanoseconds * (1 + (noise * ((2 * random.NextDouble()) - 1))))),
        ];
    }
}
