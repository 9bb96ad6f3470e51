using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class LineFitTests
{
    [Fact]
    public void SlopeAndIntervals_AreThoseComputedByHand()
    {
        // Sxx = 10, Sxy = 19.9; residuals .06 -.13 .18 -.21 .10, their squares 0.107; t(3) = 3.182446.
        LineFit fit = LineFit.Of([1, 2, 3, 4, 5], [2.1, 3.9, 6.2, 7.8, 10.1])!;

        fit.Slope.ShouldBe(1.99, 1e-12);
        fit.Intercept.ShouldBe(0.05, 1e-12);
        fit.Residual.ShouldBe(0.107, 1e-12);
        fit.SlopeHalfWidth.ShouldBe(3.182446 * Math.Sqrt(0.107 / 3 / 10), 1e-6);
        fit.PredictionHalfWidth(6).ShouldBe(3.182446 * Math.Sqrt(0.107 / 3 * (1 + 0.2 + 0.9)), 1e-6);
    }

    /// <summary>NIST Statistical Reference Datasets, linear regression, "Norris": certified slope,
    /// standard deviation of the slope, intercept and residual sum of squares.</summary>
    [Fact]
    public void Norris_GivesTheCertifiedFigures()
    {
        double[] y =
        [
            0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3,
            448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6,
            228.9, 668.4, 449.2, 0.2,
        ];
        double[] x =
        [
            0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0,
            447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3,
            229.2, 669.1, 448.9, 0.5,
        ];

        LineFit fit = LineFit.Of(x, y)!;

        fit.Slope.ShouldBe(1.00211681802045, 1e-12);
        fit.Intercept.ShouldBe(-0.262323073774029, 1e-10);
        fit.Residual.ShouldBe(26.6173985294224, 1e-8);
        (fit.SlopeHalfWidth / Student.Quantile(34)).ShouldBe(0.429796848199937e-3, 1e-12);
    }

    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(4, 2.7764)]
    [InlineData(30, 2.0423)]
    public void Quantiles_AreThoseOfTheTables(int freedom, double t) => Student.Quantile(freedom).ShouldBe(t, 5e-5);

    [Fact]
    public void TwoValuesOfX_GiveNoLine()
    {
        LineFit.Of([1, 1, 2, 2], [1, 2, 3, 4]).ShouldBeNull();
        LineFit.Of([1, 2], [1, 2]).ShouldBeNull();
    }

    [Fact]
    public void HalfWidthOfAMean_IsStudents() =>
        // Mean 3, variance 2.5, n 5: t(4) * sqrt(0.5).
        Sample.HalfWidth([1, 2, 3, 4, 5]).ShouldBe(2.776445 * Math.Sqrt(0.5), 1e-6);

    [Fact]
    public void Median_OfAnEvenNumberIsTheMiddle()
    {
        Sample.Median([4, 1, 3, 2]).ShouldBe(2.5);
        Sample.Median([3, 1, 2]).ShouldBe(2);
    }

    [Fact]
    public void Front_IsWhatNothingBeats() =>
        ParetoFront.Of([(1, 9), (2, 4), (3, 5), (4, 1), (4, 2)]).ShouldBe([true, true, false, true, false]);
}
