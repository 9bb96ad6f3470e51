using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What is told of a vCPU's windows.</summary>
public sealed class VcpuSampleTests
{
    private static readonly StallSums s_opening = Opening(100, 200);

    /// <summary>Known parts are added as they are, and the rest by X F / Y, an opening of ratio 1/2 or the
    /// weight being one window more.</summary>
    [Fact]
    public void WhatIsKnown_IsInNoInterval()
    {
        Dictionary<string, double> told = Told(Windows(20, 20), edgeUnits: 0);

        // 1000 units in all, of which 150 were charged; 40 known and 100 of weight at 1/5 instead.
        told["s.cycles.mean"].ShouldBe((1000 - 150 + 40 + 20) / 4.0, 1e-6);
        told["s.cpi.mean"].ShouldBe((800 - 150 + 40 + 20) / 4.0 / 50, 1e-6);

        // One more of 100 whose ratio is 1: deviation 80, variance 6400 / 2, error sqrt(1600) / 100.
        told["s.cycles.low"].ShouldBe((1000 - 150 + 40 + 0) / 4.0, 1e-6);
        told["s.cycles.high"].ShouldBe((1000 - 150 + 40 + 60) / 4.0, 1e-6);
    }

    /// <summary>Misses in flight at the ends of a window of 100: by 10 for each is by 0.1 of the weight.</summary>
    [Fact]
    public void WhatAWindowsEndsLeaveOpen_IsAddedToTheInterval()
    {
        Dictionary<string, double> told = Told(Windows(60, 60), edgeUnits: 0);
        Dictionary<string, double> open = Told(Windows(60, 60), edgeUnits: 10);
        open["s.cycles.mean"].ShouldBe(told["s.cycles.mean"]);
        open["s.cycles.low"].ShouldBe(told["s.cycles.low"] - (10 / 4.0), 1e-6);
        open["s.cycles.high"].ShouldBe(told["s.cycles.high"] + (10 / 4.0), 1e-6);
    }

    /// <summary>Without two windows: as the opening, from none to its weight.</summary>
    [Fact]
    public void FromOneWindow_TheOpeningTells()
    {
        Dictionary<string, double> told = Told(Windows(20), edgeUnits: 0);
        told["s.cycles.low"].ShouldBe((1000 - 150 + 40) / 4.0, 1e-6);
        told["s.cycles.mean"].ShouldBe((1000 - 150 + 40 + 50) / 4.0, 1e-6);
        told["s.cycles.high"].ShouldBe((1000 - 150 + 40 + 100) / 4.0, 1e-6);
    }

    [Fact]
    public void WithoutFastForward_AllIsKnown()
    {
        var list = new StatisticsList();
        new VcpuSample(weighsMisses: true).Collect("s", new SampledCounts(8, 8, 1, 4), s_opening, _ => 1, list);
        Value(list, "s.cycles.low").ShouldBe(2);
        Value(list, "s.cycles.high").ShouldBe(2);
    }

    /// <summary>Windows with a weight of 100 each, and these units of unknown stall besides 30 known ones.</summary>
    private static VcpuSample Windows(params ulong[] unknown)
    {
        VcpuSample sample = new(weighsMisses: true);
        SampleMark at = default;
        foreach (ulong units in unknown)
        {
            sample.BeginWindow(at);
            at = new SampleMark(
                at.Instructions + 10, at.StallUnits + 30 + units, at.MissUnits + 30 + units, at.KnownUnits + 30,
                at.Weight + 100);
            sample.EndWindow(at);
        }

        return sample;
    }

    private static Dictionary<string, double> Told(VcpuSample sample, ulong edgeUnits)
    {
        // What was charged is by another ratio than that of the windows told, as after a reset.
        sample.Estimate.Windows.Add(1_000_000, 1_000_000);
        StallEstimate estimate = sample.Estimate;
        estimate.Pass(40, 100, s_opening);
        ulong charged = estimate.ChargedUnits;
        var list = new StatisticsList();
        sample.Collect(
            "s", new SampledCounts(850 + charged, 650 + charged, 50, 4, edgeUnits), s_opening, _ => 1, list);
        return list.Items.ToDictionary(s => s.Name, s => (double)s.Value / (double)s.Divisor);
    }

    private static double Value(StatisticsList list, string name)
    {
        Statistic item = list.Items.Single(s => s.Name == name);
        return (double)item.Value / (double)item.Divisor;
    }

    private static StallSums Opening(ulong stallUnits, ulong weight)
    {
        StallSums sums = new();
        sums.Add(stallUnits, weight);
        return sums;
    }
}
