using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>The same traffic over a 4x4 torus of ours and of merlin's: 10 Gbit/s, 500 ns a link.
/// Ours stores and forwards, so a frame takes its size on every link; merlin's routers pass a packet
/// on when its head has come, so it takes its size once, and a few flits a router.</summary>
public sealed class TorusComparison
{
    private const int Nodes = 16;
    private const ulong LinkLatency = 500_000;
    private const ulong ReceiveLatency = 500_000;
    private const ulong PicosecondsPerByte = 800;

    // Of 8 B.
    private const ulong Flit = 6_400;
    private const ulong FlitsPerRouterMax = 4;

    [SstFact("merlin")]
    public void AnIdleTorus_TakesWhatItsLinksAndItsKindOfSwitchTake()
    {
        FrameDeparture[] traffic =
        [
            .. from to in Enumerable.Range(1, Nodes - 1)
               from bytes in new[] { 64, 1514 }
               let number = (uint)((to * 2) + (bytes == 64 ? 0 : 1))
               select NetworkPlay.Departure(number * 100_000_000UL, 0, to, bytes, number),
        ];
        List<FrameArrival> ours = NetworkPlay.Run(Torus(), traffic, null);
        IReadOnlyList<FrameArrival> merlins = Merlin(traffic).Arrivals;
        for (int i = 0; i < traffic.Length; i++)
        {
            ulong links = Links(0, ours[i].Port);
            ulong size = Size(traffic[i].Frame);
            Took(traffic[i], ours[i]).ShouldBe(links * (LinkLatency + size));
            ulong least = (links * LinkLatency) + size;
            (Took(traffic[i], merlins[i]) - ReceiveLatency)
                .ShouldBeInRange(least, least + (links * FlitsPerRouterMax * Flit));
        }
    }

    [SstFact("merlin")]
    public void ABusyTorus_DeliversTheSameFrames_NoneSoonerThanItsLinksLet()
    {
        List<FrameDeparture> traffic = NetworkPlay.Traffic(11, Nodes, 1000, hasGroups: false);
        List<FrameArrival> ours = NetworkPlay.Run(Torus(), traffic, null);
        IReadOnlyList<FrameArrival> merlins = Merlin(traffic).Arrivals;
        NetworkPlay.HoldConserved(traffic, ours, Nodes);
        NetworkPlay.HoldConserved(traffic, merlins, Nodes);
        Dictionary<uint, FrameDeparture> sent =
            traffic.ToDictionary(t => NetworkPlay.NumberOf(t.Frame));
        merlins.ShouldAllBe(a => Took(sent[NetworkPlay.NumberOf(a)], a)
            >= (3 * LinkLatency) + Size(a.Frame) + ReceiveLatency);

        // Frames of one pair of nodes keep their order on both: one way, first come, first served.
        InOrder(ours, sent).ShouldBeTrue();
        InOrder(merlins, sent).ShouldBeTrue();

        // What storing and forwarding adds: a frame's size once more on each link but one.
        double added = Mean(ours) - (Mean(merlins) - ReceiveLatency);
        double expected = traffic.Average(t =>
            (double)((Links(t.Port, ToOf(t)) - 1) * Size(t.Frame)));
        (added / expected).ShouldBeInRange(0.75, 1.25);

        double Mean(IReadOnlyList<FrameArrival> arrivals) =>
            arrivals.Average(a => (double)Took(sent[NetworkPlay.NumberOf(a)], a));
    }

    private static FabricNetwork Torus() => new("network", NetworkDefaults.Network with
    {
        Topology = new TorusOptions { Shape = [4, 4], HostsPerRouter = 1 },
        ForwardingLatency = VirtualDuration.Zero,
    }, Nodes);

    private static SstNetworkRun Merlin(IReadOnlyList<FrameDeparture> traffic)
    {
        using SstNetwork sst = new(SstNetwork.Example("torus"), Nodes);
        return sst.Run(traffic);
    }

    private static ulong Size(ReadOnlyMemory<byte> frame) =>
        (ulong)frame.Length * PicosecondsPerByte;

    private static int ToOf(in FrameDeparture departure) =>
        BinaryPrimitives.ReadUInt16BigEndian(departure.Frame.Span[4..]);

    // The short way round in both dimensions, and those of the two nodes.
    private static ulong Links(int from, int to) =>
        (ulong)(Away(from % 4, to % 4) + Away(from / 4, to / 4) + 2);

    private static int Away(int a, int b) => Math.Min(Math.Abs(a - b), 4 - Math.Abs(a - b));

    private static ulong Took(in FrameDeparture departure, in FrameArrival arrival) =>
        (arrival.Time - departure.Time).Picoseconds;

    private static bool InOrder(
        IEnumerable<FrameArrival> arrivals, Dictionary<uint, FrameDeparture> sent) =>
        arrivals.GroupBy(a => (sent[NetworkPlay.NumberOf(a)].Port, a.Port)).All(pair =>
        {
            ulong[] departures =
                [.. pair.Select(a => sent[NetworkPlay.NumberOf(a)].Time.Picoseconds)];
            return departures.SequenceEqual(departures.Order());
        });
}
