using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Models.Network;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws;

/// <summary>Law 4: a packet arrives at t + size / bandwidth + latency, to the picosecond; k hops add
/// k times; LogGP's parameters come back from measuring.</summary>
public sealed class Law4
{
    private const int Tests = 200;

    [Fact]
    public void OverALink_APacketArrivesAfterSizeByBandwidthAndLatency() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            LinkOptions link = Random(random);
            FabricNetwork network = new("network", NetworkDefaults.Network with
            {
                Topology = new PointToPointOptions(),
                Host = link,
            }, 2);
            ulong at = (ulong)random.NextInt64(0, 1L << 50);
            int bytes = random.Next(EthernetFrame.HeaderBytes, link.MtuBytes + 15);
            Time(network, at, 0, 1, bytes).ShouldBe(
                at + Duration(link, bytes) + link.Latency.Picoseconds, $"seed {seed}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Tests));

    [Fact]
    public void OverKHops_ItTakesAllOfThem() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            int routers = random.Next(2, 12);
            NetworkOptions options = NetworkDefaults.Network with
            {
                Topology = new TorusOptions { Shape = [routers], HostsPerRouter = 1 },
                Host = Random(random),
                Fabric = Random(random),
                ForwardingLatency = new VirtualDuration((ulong)random.Next(1_000_000)),
            };
            FabricNetwork ring = new("network", options, routers);
            int bytes = random.Next(EthernetFrame.HeaderBytes, 82);
            int to = random.Next(1, routers);
            ulong hops = (ulong)Math.Min(to, routers - to);
            ulong forward = options.ForwardingLatency.Picoseconds;
            ulong expected = (2 * Hop(options.Host, bytes)) + forward
                + (hops * (Hop(options.Fabric, bytes) + forward));
            Time(ring, 7, 0, to, bytes).ShouldBe(7 + expected, $"seed {seed}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Tests));

    /// <summary>Ping-pong of two sizes gives L and G, a flood gives g. o is not the network's.
    /// </summary>
    [Fact]
    public void LogGp_ComesBackFromPingPongAndFlood()
    {
        LogGpOptions options = NetworkDefaults.LogGp with
        {
            Latency = new VirtualDuration(1_234_567),
            Gap = new VirtualDuration(76_543),
            BandwidthBitsPerSecond = 16_000_000_000,
        };
        const ulong PerByte = 500;
        ulong small = RoundTrip(101);
        ulong large = RoundTrip(1501);
        ulong perByte = (large - small) / (2 * 1400);
        perByte.ShouldBe(PerByte);
        ((small / 2) - (100 * perByte)).ShouldBe(options.Latency.Picoseconds);

        const int Count = 1000;
        LogGpNetwork flooded = new("network", options, 2);
        for (int i = 0; i < Count; i++)
        {
            flooded.Send(Departure(0, 0, 1, 101));
        }

        ulong last = Arrivals(flooded).Max(a => a.Time.Picoseconds);
        ulong first = options.Latency.Picoseconds + (100 * perByte);
        ((last - first) % (Count - 1)).ShouldBe(0UL);
        (((last - first) / (Count - 1)) - (100 * perByte)).ShouldBe(options.Gap.Picoseconds);

        ulong RoundTrip(int bytes)
        {
            LogGpNetwork network = new("network", options, 2);
            ulong there = Time(network, 0, 0, 1, bytes);
            return Time(network, there, 1, 0, bytes);
        }
    }

    private static LinkOptions Random(Random random) => NetworkDefaults.Link with
    {
        BandwidthBitsPerSecond = (ulong)random.NextInt64(1_000_000, 1_000_000_000_000),
        Latency = new VirtualDuration((ulong)random.NextInt64(1, 10_000_000_000)),
        MtuBytes = random.Next(LinkOptions.MtuBytesMin, 65_536),
        OverheadBytes = random.Next(0, 40),
    };

    private static ulong Hop(LinkOptions link, int bytes) =>
        Duration(link, bytes) + link.Latency.Picoseconds;

    private static ulong Duration(LinkOptions link, int bytes) => ClosedForms.TransferPs(
        (ulong)(bytes + link.OverheadBytes), link.BandwidthBitsPerSecond);

    private static FrameDeparture Departure(ulong at, int from, int to, int bytes)
    {
        byte[] frame = new byte[bytes];
        EthernetFrame.WriteAddress(to, frame);
        return new FrameDeparture(new VirtualTime(at), from, frame);
    }

    private static ulong Time(INetworkModel network, ulong at, int from, int to, int bytes)
    {
        network.Send(Departure(at, from, to, bytes));
        FrameArrival arrival = Arrivals(network).Single();
        arrival.Port.ShouldBe(to);
        return arrival.Time.Picoseconds;
    }

    private static List<FrameArrival> Arrivals(INetworkModel network)
    {
        List<FrameArrival> arrivals = [];
        while (network.EarliestArrival < VirtualTime.MaxValue)
        {
            network.Advance(VirtualTime.MaxValue, arrivals);
        }

        return arrivals;
    }
}
