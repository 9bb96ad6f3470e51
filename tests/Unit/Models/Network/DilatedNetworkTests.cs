using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class DilatedNetworkTests
{
    public static TheoryData<string> Names => TestNetworks.Names;

    /// <summary>Law 5 in pieces, for frames: each piece of the way at the factor of its time.
    /// </summary>
    [Theory]
    [InlineData(0, 12_112_000 + 1_000_000)]
    [InlineData(15_000_000, 15_000_000 + 5_000_000 + (12_112_000 + 1_000_000 - 5_000_000) * 2 / 5)]
    [InlineData(30_000_000, 30_000_000 + (12_112_000 + 1_000_000) * 2 / 5)]
    public void AFrame_ArrivesAfterItsPhysicalWay(ulong departure, ulong arrival)
    {
        PhysicalTime time = new(Ratio.One);
        time.Change(new VirtualTime(20_000_000), new Ratio(5, 2));
        DilatedNetwork network = new(TestNetworks.Make("point-to-point"), time);
        network.Send(NetworkFrames.Departure(departure, 0, 1, 1514, 1));
        List<FrameArrival> arrivals = [];
        network.Advance(VirtualTime.MaxValue, arrivals);
        arrivals.Single().Time.Picoseconds.ShouldBe(arrival);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ANetworkInPhysicalTime_KeepsItsContract_HoweverItIsAdvanced(string name)
    {
        int ports = TestNetworks.Ports(name);
        List<FrameDeparture> traffic = TrafficRun.Traffic(new Random(8), ports, 300);
        List<string> found = TrafficRun.Play(Make(name), traffic, null);
        found.Count.ShouldBeGreaterThan(200);
        for (int seed = 0; seed < 5; seed++)
        {
            TrafficRun.Play(Make(name), traffic, new Random(seed)).ShouldBe(found);
        }
    }

    [Fact]
    public void Lookahead_HoldsAtTheLargestFactor()
    {
        FabricNetwork inner = TestNetworks.Make("star");
        PhysicalTime time = new(new Ratio(3, 1));
        time.Change(new VirtualTime(1_000), new Ratio(10, 1));
        DilatedNetwork network = new(inner, time);
        network.Lookahead.Picoseconds.ShouldBe((inner.Lookahead.Picoseconds - 1) / 10);
        network.PortCount.ShouldBe(inner.PortCount);
    }

    private static DilatedNetwork Make(string name)
    {
        PhysicalTime time = new(new Ratio(7, 3));
        time.Change(new VirtualTime(3_000_001), Ratio.One);
        time.Change(new VirtualTime(9_000_000), new Ratio(17, 4));
        time.Change(new VirtualTime(12_345_678), new Ratio(2, 1));
        return new DilatedNetwork(TestNetworks.Make(name), time);
    }
}
