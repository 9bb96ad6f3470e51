using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Estimates as a result has them.</summary>
public sealed class EstimatesTests
{
    /// <summary>An end that is the truth holds it, whatever its digits.</summary>
    [Fact]
    public void EndsAreRoundedOutwards()
    {
        EstimateDocument estimate = Of(
            Part("mean", 2, 3), Part("low", 2, 3), Part("high", 1, 3), Part("warmLow", 1, 3), Part("warmHigh", 5, 7));
        estimate.Name.ShouldBe("cpi");
        estimate.Mean.ShouldBe(0.666666667);
        estimate.Low.ShouldBe(0.666666666);
        estimate.High.ShouldBe(0.333333334);
        estimate.WarmLow.ShouldBe(0.333333333);
        estimate.WarmHigh.ShouldBe(0.714285715);
    }

    [Fact]
    public void WhatNobodyCanSay_IsNull()
    {
        EstimateDocument estimate = Of(Part("mean", 3, 2), Part("low", 0, 0), Part("high", 0, 0));
        (estimate.Mean, estimate.Low, estimate.WarmHigh).ShouldBe((1.5, null, null));
    }

    private static EstimateDocument Of(params Statistic[] parts)
    {
        Job job = CliFixture.Good("""
            apiVersion: dilaton/v1
            nodes:
              - guest:
                  program: {path: /bin/true}
            """);
        return Estimates.Of(new NodeRecord { Node = job.Nodes[0], WorkerId = 0, Statistics = parts })
            .ShouldHaveSingleItem();
    }

    private static Statistic Part(string end, int value, int divisor) =>
        new($"node0.sampled.cpi.{end}", (UInt128)value, (UInt128)divisor, "Cycle", "");
}
