using Dilaton.Core;
using Dilaton.Models.Network;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Results depend on what was sent: not on how often or how far the network was advanced,
/// nor on how early a frame was sent.</summary>
public sealed class NetworkInvarianceTests
{
    public static TheoryData<string> Names => TestNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyWayOfAdvancing_FindsTheSameArrivalsInTheSameOrder(string name)
    {
        LinkOptions tight = TestNetworks.Host with { BufferBytes = 4000, Loss = new Ratio(1, 50) };
        NetworkOptions options = TestNetworks.Options(name) with { Host = tight };
        int ports = TestNetworks.Ports(name);
        HoldsFor(() => new FabricNetwork("network", options, ports), ports);
    }

    [Fact]
    public void LogGp_FindsTheSameArrivalsInTheSameOrder() => HoldsFor(
        () => new LogGpNetwork("network", NetworkDefaults.LogGp with
        {
            Gap = VirtualDuration.FromNanoseconds(300),
        }, 6), 6);

    [Theory]
    [MemberData(nameof(Names))]
    public void Frames_AreConserved_AndLittlesLawHolds(string name)
    {
        FabricNetwork network = TestNetworks.Make(name);
        int ports = TestNetworks.Ports(name);
        List<FrameDeparture> traffic = TrafficRun.Traffic(new Random(5), ports, 600);
        int arrivals = TrafficRun.Play(network, traffic, new Random(6)).Count;
        int toAll = traffic.Count(t => t.Frame.Span[0] == 0xFF);
        arrivals.ShouldBe(traffic.Count + (toAll * (ports - 2)));
        NetworkFrames.Value(network, "delivered").ShouldBe((UInt128)arrivals);

        // Frames in a queue x time, and time that frames wait, are counted apart.
        network.Advance(VirtualTime.MaxValue, []);
        StatisticsList list = new();
        network.Collect(list);
        UInt128[] waits = Values("waitingTime");
        waits.ShouldContain(w => w > 0);
        Values("queueFrameTime").ShouldBe(waits);

        UInt128[] Values(string name) => [.. list.Items
            .Where(s => s.Name.EndsWith($".{name}", StringComparison.Ordinal))
            .Select(s => s.Value)];
    }

    private static void HoldsFor<T>(Func<T> make, int ports)
        where T : INetworkModel, IStatisticsSource =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            List<FrameDeparture> traffic =
                TrafficRun.Traffic(random, ports, random.Next(1, 120));
            T plain = make();
            List<string> expected = TrafficRun.Play(plain, traffic, null);
            T other = make();
            TrafficRun.Play(other, traffic, random).ShouldBe(expected, $"seed {seed}");
            Statistics(other).ShouldBe(Statistics(plain), $"seed {seed}");
        }).CheckSeeded();

    private static List<Statistic> Statistics<T>(T network)
        where T : INetworkModel, IStatisticsSource
    {
        // What has started by the time reached shows in them.
        network.Advance(VirtualTime.MaxValue, []);
        StatisticsList list = new();
        network.Collect(list);
        return [.. list.Items];
    }
}
