using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class FabricNetworkTests
{
    private const ulong Nanosecond = 1_000;
    private const ulong Microsecond = 1_000_000;

    // 100 B take 800 ns on the test's host links, which add 1 us; the switch adds 300 ns.
    private const ulong Up = 1_800 * Nanosecond;
    private const ulong Hop = 300 * Nanosecond;

    [Fact]
    public void Frames_WaitForTheOneBefore_AtTheSendersAndAtTheReceiversLink()
    {
        List<FrameArrival> arrivals = NetworkFrames.Run(
            TestNetworks.Star(TestNetworks.Host),
            NetworkFrames.Departure(0, 0, 3, 100, 1), NetworkFrames.Departure(0, 0, 3, 100, 2),
            NetworkFrames.Departure(0, 1, 3, 100, 3));

        // Frames 1 and 3 come to the switch together: node 0's is first. 2 comes when 3 starts.
        const ulong First = Up + Hop + Up;
        Times(arrivals).ShouldBe(
            [First, First + (800 * Nanosecond), First + (1_600 * Nanosecond)]);
        arrivals.Select(a => NetworkFrames.NumberOf(a.Frame)).ShouldBe([1U, 3U, 2U]);
    }

    /// <summary>At 3 Gbps 100 B take 800000/3 ps: what an interface that sends at this rate rounds
    /// down is no wait, and a burst is where the exact sum says.</summary>
    [Fact]
    public void FramesBehindEachOther_DoNotDrift()
    {
        const ulong Count = 1000;
        const ulong Exact = 800_000;
        LinkOptions link = TestNetworks.Fabric with { BufferBytes = 0 };
        FabricNetwork paced = TestNetworks.Wire(link);
        Times(NetworkFrames.Run(paced,
            [.. Steps().Select(i => NetworkFrames.Departure(i * Exact / 3, 0, 1, 100))]))
            .ShouldBe(Steps().Select(Arrival));
        NetworkFrames.Value(paced, "node0.up.waited").ShouldBe((UInt128)0);

        FabricNetwork burst = TestNetworks.Wire(link with { BufferBytes = 1 << 20 });
        Times(NetworkFrames.Run(burst,
            [.. Steps().Select(_ => NetworkFrames.Departure(0, 0, 1, 100))]))
            .ShouldBe(Steps().Select(Arrival));

        static IEnumerable<ulong> Steps() =>
            Enumerable.Range(0, (int)Count).Select(i => (ulong)i);
        static ulong Arrival(ulong i) =>
            ((((i + 1) * Exact) + 2) / 3) + (700 * Nanosecond);
    }

    [Fact]
    public void Overhead_TakesTimeOfTheLink_AndIsNoPartOfTheFrame()
    {
        LinkOptions link = TestNetworks.Host with
        {
            OverheadBytes = LinkOptions.EthernetOverheadBytes,
        };
        FabricNetwork network = TestNetworks.Wire(link);
        FrameArrival arrival =
            NetworkFrames.Run(network, NetworkFrames.Departure(0, 0, 1, 100)).Single();
        arrival.Time.Picoseconds.ShouldBe((124 * 8 * Nanosecond) + Microsecond);
        arrival.Frame.Length.ShouldBe(100);
        NetworkFrames.Value(network, "node0.up.bytes").ShouldBe((UInt128)100);
    }

    [Fact]
    public void Mtu_IsThePayloadsLimit()
    {
        FabricNetwork network = TestNetworks.Wire(TestNetworks.Host with { MtuBytes = 1500 });
        NetworkFrames.Run(
            network, NetworkFrames.Departure(0, 0, 1, 1514), NetworkFrames.Departure(0, 0, 1, 1515))
            .Single().Frame.Length.ShouldBe(1514);
        NetworkFrames.Value(network, "oversize").ShouldBe((UInt128)1);
        NetworkFrames.Value(network, "node0.up.oversize").ShouldBe((UInt128)1);
    }

    [Fact]
    public void AFullBuffer_DropsTheLast_AndTheFrameBeingSentNeedsNone()
    {
        FabricNetwork network = TestNetworks.Wire(TestNetworks.Host with { BufferBytes = 250 });
        List<FrameArrival> arrivals = NetworkFrames.Run(network,
            NetworkFrames.Departure(0, 0, 1, 100, 1), NetworkFrames.Departure(0, 0, 1, 100, 2),
            NetworkFrames.Departure(0, 0, 1, 100, 3), NetworkFrames.Departure(0, 0, 1, 100, 4),
            NetworkFrames.Departure(0, 0, 1, 50, 5),

            // 2 starts now and has left the buffer.
            NetworkFrames.Departure(800 * Nanosecond, 0, 1, 100, 6));
        arrivals.Select(a => NetworkFrames.NumberOf(a.Frame)).ShouldBe([1U, 2U, 3U, 5U, 6U]);
        NetworkFrames.Value(network, "node0.up.dropped").ShouldBe((UInt128)1);
        NetworkFrames.Value(network, "node0.up.queueBytesMax").ShouldBe((UInt128)250);
        NetworkFrames.Value(network, "node0.up.queueFramesMax").ShouldBe((UInt128)3);
        NetworkFrames.Value(network, "node0.up.waitingTimeMax")
            .ShouldBe((UInt128)(2_400 * Nanosecond));
    }

    [Fact]
    public void LossPattern_LosesTheFramesItNames_OnTheLinkThatHasIt()
    {
        LinkOptions lossy = TestNetworks.Host with
        {
            LossPattern = new LossPattern { Frames = [0, 4], Every = 3 },
        };
        FabricNetwork network = new("network", TestNetworks.Options("star") with
        {
            Links = new Dictionary<string, LinkOptions> { ["node2.down"] = lossy },
        }, 4);
        FrameDeparture[] sent =
        [
            .. Enumerable.Range(0, 8).Select(i =>
                NetworkFrames.Departure((ulong)i * 10 * Microsecond, 0, 2, 64, (uint)i)),
            NetworkFrames.Departure(Microsecond * 100, 0, 1, 64, 100),
        ];
        NetworkFrames.Run(network, sent).Select(a => NetworkFrames.NumberOf(a.Frame))
            .ShouldBe([1U, 3U, 6U, 7U, 100U]);
        NetworkFrames.Value(network, "node2.down.lost").ShouldBe((UInt128)4);
        NetworkFrames.Value(network, "node2.down.frames").ShouldBe((UInt128)8);
    }

    [Theory]
    [InlineData(1UL, 10UL)]
    [InlineData(1UL, 2UL)]
    [InlineData(97UL, 100UL)]
    public void Loss_IsTheShareThatWasAskedFor_OnEachLinkByItself(ulong part, ulong whole)
    {
        const int Count = 20_000;
        LinkOptions link = TestNetworks.Host with { Loss = new Ratio(part, whole) };
        FabricNetwork network = TestNetworks.Wire(link);
        FrameDeparture[] sent = [.. Enumerable.Range(0, Count).SelectMany(i => new[]
        {
            NetworkFrames.Departure((ulong)i * 10 * Microsecond, 0, 1, 64, (uint)i),
            NetworkFrames.Departure((ulong)i * 10 * Microsecond, 1, 0, 64, (uint)i),
        })];
        List<FrameArrival> arrivals = NetworkFrames.Run(network, sent);
        HashSet<uint>[] came = [.. Enumerable.Range(0, 2).Select(p =>
            arrivals.Where(a => a.Port == p).Select(a => NetworkFrames.NumberOf(a.Frame))
                .ToHashSet())];

        // Five standard deviations of a binomial; losses of the two directions are independent.
        double p = (double)(whole - part) / whole;
        double slack = 5 * Math.Sqrt(p * (1 - p) / Count);
        ((double)came[0].Count / Count).ShouldBe(p, slack);
        ((double)came[1].Count / Count).ShouldBe(p, slack);
        double both = came[0].Count(came[1].Contains) / (double)Count;
        both.ShouldBe(p * p, 5 * Math.Sqrt(p * p / Count));
    }

    [Fact]
    public void Loss_DependsOnSeedAndLinkAlone()
    {
        LinkOptions link = TestNetworks.Host with { Loss = new Ratio(1, 3) };
        NetworkOptions options = TestNetworks.Options("star") with { Host = link };
        string quiet = Survivors(options, _ => false);
        Survivors(options, i => i % 2 == 0).ShouldBe(quiet);
        Survivors(options with { Seed = 2 }, _ => false).ShouldNotBe(quiet);

        static string Survivors(NetworkOptions options, Func<int, bool> others)
        {
            FabricNetwork network = new("network", options, 4);
            IEnumerable<FrameDeparture> sent = Enumerable.Range(0, 200).SelectMany(i =>
            {
                FrameDeparture main =
                    NetworkFrames.Departure((ulong)i * 100 * Microsecond, 0, 1, 64, (uint)i);
                return others(i)
                    ? [main, NetworkFrames.Departure(main.Time.Picoseconds, 2, 3, 64)]
                    : new[] { main };
            });
            return string.Join(' ', NetworkFrames.Run(network, [.. sent])
                .Where(a => a.Port == 1).Select(a => NetworkFrames.NumberOf(a.Frame)));
        }
    }

    [Fact]
    public void WhatGoesNowhere_IsCounted()
    {
        FabricNetwork network = TestNetworks.Star(TestNetworks.Host);
        byte[] stranger = NetworkFrames.Frame(0, 1, 64);
        stranger[0] = 0x06;
        NetworkFrames.Run(network,
            NetworkFrames.Departure(0, 0, 0, 64), NetworkFrames.Departure(0, 0, 17, 64),
            new FrameDeparture(default, 0, stranger),
            new FrameDeparture(default, 0, new byte[13])).ShouldBeEmpty();
        List<FrameArrival> none = [];
        network.Advance(new VirtualTime(Microsecond * 100), none).Picoseconds
            .ShouldBe(Microsecond * 100);
        none.ShouldBeEmpty();
        NetworkFrames.Value(network, "sent").ShouldBe((UInt128)4);
        NetworkFrames.Value(network, "unroutable").ShouldBe((UInt128)3);
        NetworkFrames.Value(network, "runts").ShouldBe((UInt128)1);
        NetworkFrames.Value(network, "inFlight").ShouldBe((UInt128)0);
    }

    [Fact]
    public void Advance_StopsAtTheFirstArrivalFound()
    {
        FabricNetwork network = TestNetworks.Star(TestNetworks.Host);
        network.Send(NetworkFrames.Departure(0, 0, 1, 100, 1));
        network.Send(NetworkFrames.Departure(0, 2, 3, 200, 2));
        List<FrameArrival> arrivals = [];
        network.Advance(new VirtualTime(Up + Hop), arrivals).Picoseconds.ShouldBe(Up + Hop);
        arrivals.ShouldBeEmpty();
        network.EarliestArrival.Picoseconds.ShouldBe(Up + Hop + Up);

        // The second frame stands at its last link 800 ns later, before the first one's arrival.
        network.Advance(new VirtualTime(Up + Hop + 1), arrivals).Picoseconds
            .ShouldBe(Up + Hop + 1);
        arrivals.Single().Time.Picoseconds.ShouldBe(Up + Hop + Up);
        network.Advance(VirtualTime.MaxValue, arrivals).Picoseconds
            .ShouldBe(Up + Hop + Up + (1_600 * Nanosecond));
        NetworkFrames.NumberOf(arrivals[1].Frame).ShouldBe(2U);
        network.EarliestArrival.ShouldBe(VirtualTime.MaxValue);
    }

    [Fact]
    public void WhatBreaksTheContract_EndsTheRun()
    {
        FabricNetwork network = TestNetworks.Star(TestNetworks.Host);
        network.Advance(new VirtualTime(10), []);
        Should.Throw<InvariantException>(
            () => network.Send(NetworkFrames.Departure(9, 0, 1, 64)));
        Should.Throw<InvariantException>(
            () => network.Send(NetworkFrames.Departure(10, 4, 1, 64)));
        network.Send(NetworkFrames.Departure(20, 0, 1, 64));
        Should.Throw<InvariantException>(
            () => network.Send(NetworkFrames.Departure(19, 0, 1, 64)));
    }

    [Fact]
    public void ResetStatistics_StartsCountingAnew()
    {
        FabricNetwork network = TestNetworks.Star(TestNetworks.Host);
        NetworkFrames.Run(network, NetworkFrames.Departure(0, 0, 1, 100));
        network.ResetStatistics();
        StatisticsList list = new();
        network.Collect(list);
        list.Items.ShouldAllBe(s => s.Value == 0);
        list.Items.ShouldNotContain(s => s.Name.Contains("node0", StringComparison.Ordinal));
    }

    [Fact]
    public void Carrying_AllocatesNothing()
    {
        FabricNetwork network = TestNetworks.Make("fat tree");
        byte[] frame = NetworkFrames.Frame(0, 10, 100);
        List<FrameArrival> arrivals = new(64);
        ulong time = 0;
        Carry(1_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Carry(10_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Carry(int count)
        {
            for (int i = 0; i < count; i++, time += Microsecond)
            {
                arrivals.Clear();
                network.Advance(new VirtualTime(time), arrivals);
                network.Send(new FrameDeparture(new VirtualTime(time), i % 3, frame));
            }
        }
    }

    private static IEnumerable<ulong> Times(IEnumerable<FrameArrival> arrivals) =>
        arrivals.Select(a => a.Time.Picoseconds);
}
