using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class LogGpNetworkTests
{
    private const ulong Latency = 2_000_000;
    private const ulong Gap = 300_000;

    // 8 Gbps: G is 1 ns.
    private const ulong PerByte = 1_000;

    [Fact]
    public void AFrame_ComesAfterLatencyAndItsBytesButOne()
    {
        LogGpNetwork network = Make();
        NetworkFrames.Run(network, NetworkFrames.Departure(5, 0, 1, 100)).Single().Time.Picoseconds
            .ShouldBe(5 + Latency + (99 * PerByte));
        network.Lookahead.Picoseconds.ShouldBe(Latency + (13 * PerByte));
    }

    [Fact]
    public void ASender_LeavesTheGapBetweenFrames_WhoeverTheyAreFor()
    {
        Times(NetworkFrames.Run(Make(),
            NetworkFrames.Departure(0, 0, 1, 100), NetworkFrames.Departure(0, 0, 2, 50),
            NetworkFrames.Departure(10 * Latency, 0, 1, 100)))
            .ShouldBe(
            [
                Latency + (99 * PerByte),
                Latency + (99 * PerByte) + Gap + (49 * PerByte),
                (11 * Latency) + (99 * PerByte),
            ]);
    }

    [Fact]
    public void AReceiver_TakesOneAtATime_WithTheGapBetween()
    {
        Times(NetworkFrames.Run(Make(),
            NetworkFrames.Departure(0, 0, 2, 100), NetworkFrames.Departure(0, 1, 2, 50)))
            .ShouldBe(
                [Latency + (99 * PerByte), Latency + (99 * PerByte) + Gap + (49 * PerByte)]);
    }

    [Fact]
    public void AFrameToAll_IsSentOnceAndComesToEveryoneElse()
    {
        LogGpNetwork network = Make();
        List<FrameArrival> arrivals = NetworkFrames.Run(
            network, NetworkFrames.Departure(0, 1, NetworkFrames.ToAll, 64));
        arrivals.Select(a => a.Port).ShouldBe([0, 2]);
        Times(arrivals).ShouldAllBe(t => t == Latency + (63 * PerByte));
        NetworkFrames.Value(network, "copies").ShouldBe((UInt128)1);
    }

    [Fact]
    public void WhatGoesNowhere_IsCounted()
    {
        LogGpNetwork network = Make();
        NetworkFrames.Run(network,
            NetworkFrames.Departure(0, 0, 1, 1515), NetworkFrames.Departure(0, 0, 0, 64),
            new FrameDeparture(default, 0, new byte[5])).ShouldBeEmpty();
        NetworkFrames.Value(network, "oversize").ShouldBe((UInt128)1);
        NetworkFrames.Value(network, "unroutable").ShouldBe((UInt128)1);
        NetworkFrames.Value(network, "runts").ShouldBe((UInt128)1);
    }

    private static LogGpNetwork Make() => new("network", NetworkDefaults.LogGp with
    {
        Latency = new VirtualDuration(Latency),
        Gap = new VirtualDuration(Gap),
        BandwidthBitsPerSecond = 8_000_000_000,
    }, 3);

    private static IEnumerable<ulong> Times(IEnumerable<FrameArrival> arrivals) =>
        arrivals.Select(a => a.Time.Picoseconds);
}
