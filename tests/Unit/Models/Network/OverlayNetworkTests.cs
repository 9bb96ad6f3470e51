using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;
using static Dilaton.Tests.Unit.Models.TestOverlays;

namespace Dilaton.Tests.Unit.Models;

public sealed class OverlayNetworkTests
{
    private const ulong Nanosecond = 1_000;
    private const ulong Microsecond = 1_000_000;

    // 100 B: 800 ns at a node's link and 800000/3 ps at an edge, which add 1 us and 700 ns.
    private const ulong Access = 1_800 * Nanosecond;
    private const ulong Hop = 300 * Nanosecond;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void OverKEdges_AFrameTakesKTimesAnEdge_ToThePicosecond(int edges)
    {
        OverlayOptions line = Hosts(
            edges + 1, [.. Enumerable.Range(0, edges).Select(i => (i, i + 1))]);
        OverlayNetwork network = Make(
            line with
            {
                Commands =
                [
                    .. Enumerable.Range(0, edges).Select(
                        i => Add(i, MacPattern.Any, Node(edges), OverlayEnd.Edge(i))),
                    Add(edges, MacPattern.Any, Node(edges), OverlayEnd.Interface(edges)),
                ],
            },
            edges + 1);
        FrameArrival arrival = NetworkFrames
            .Run(network, NetworkFrames.Departure(5, 0, edges, 100)).Single();

        // Each link rounds an arrival up once: 266666 2/3 ps are 266667.
        ulong edge = (700 * Nanosecond) + 266_667;
        arrival.Time.Picoseconds.ShouldBe(
            5 + (2 * Access) + ((ulong)edges * edge) + ((ulong)(edges + 1) * Hop));
        arrival.Port.ShouldBe(edges);
        Count(network, $"h0.route0.hits").ShouldBe(1UL);
        Count(network, "e0.h0.frames").ShouldBe(1UL);
    }

    [Fact]
    public void AllRoutesOfTheHighestPriority_GetACopy_AndOneWayGetsOne()
    {
        OverlayNetwork network = Make(
            Hosts(4, (0, 1), (0, 2), (0, 3)) with
            {
                Commands =
                [
                    Add(0, Node(0), MacPattern.Any, OverlayEnd.Edge(0)),
                    Add(0, Node(0), MacPattern.Exact(Broadcast), OverlayEnd.Edge(1)),
                    Add(0, Node(0), MacPattern.Any, OverlayEnd.Edge(0)),
                    Add(0, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(2)),
                    .. Enumerable.Range(1, 3).Select(
                        i => Add(i, MacPattern.Any, MacPattern.Any, OverlayEnd.Interface(i))),
                ],
            },
            4);
        List<FrameArrival> arrivals = NetworkFrames.Run(
            network, NetworkFrames.Departure(0, 0, NetworkFrames.ToAll, 100));

        // Direct/any and direct/direct are both 8; any/any is 6.
        arrivals.Select(a => a.Port).ShouldBe([1, 2]);
        Count(network, "copies").ShouldBe(1UL);
        Hits(network, "h0", 4).ShouldBe([1UL, 1UL, 1UL, 0UL]);
    }

    [Fact]
    public void WhereAFrameCameFrom_IsMatched()
    {
        OverlayOptions options = Hosts(3, (0, 2), (1, 2)) with
        {
            Commands =
            [
                Add(0, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(0)),
                Add(1, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(1)),
                Add(2, MacPattern.Any, MacPattern.Any, OverlayEnd.Interface(2),
                    OverlayEnd.Edge(1)),
            ],
        };
        OverlayNetwork network = Make(options, 3);
        NetworkFrames.Run(
            network, NetworkFrames.Departure(0, 0, 2, 100, 7),
            NetworkFrames.Departure(0, 1, 2, 100, 8))
            .Select(a => NetworkFrames.NumberOf(a.Frame)).ShouldBe([8U]);
        network.Advance(VirtualTime.MaxValue, []);
        Count(network, "h2.unmatched").ShouldBe(1UL);
        Count(network, "unmatched").ShouldBe(1UL);
    }

    [Fact]
    public void WhatGoesNowhere_IsCountedByReason()
    {
        // Node 2 is at no host; host 1 sends back; host 0 has a route that is never taken.
        OverlayOptions options = Hosts(2, (0, 1)) with
        {
            Commands =
            [
                Add(0, MacPattern.Any, Node(1), OverlayEnd.Edge(0)),
                Add(0, MacPattern.Never, MacPattern.Any, OverlayEnd.Edge(0)),
                Add(1, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(0)),
            ],
        };
        OverlayNetwork network = Make(options, 3);
        NetworkFrames.Run(
            network, NetworkFrames.Departure(0, 0, 1, 100),
            NetworkFrames.Departure(0, 0, 2, 100),
            NetworkFrames.Departure(0, 2, 0, 100)).ShouldBeEmpty();
        network.Advance(VirtualTime.MaxValue, []);

        Count(network, "h1.returned").ShouldBe(1UL);
        Count(network, "h0.unmatched").ShouldBe(1UL);
        Count(network, "unmatched").ShouldBe(2UL);
        Count(network, "unroutable").ShouldBe(3UL);
        Count(network, "inFlight").ShouldBe(0UL);
    }

    [Fact]
    public void LookaheadOfHostsFarApart_IsThatOfTheEdge()
    {
        OverlayOptions far = Hosts(2, (0, 1));
        ulong edge = (14UL * 8_000 / 3) + 1 + (700 * Nanosecond);
        ulong access = (14 * 8 * Nanosecond) + Microsecond;
        Make(far, 2).Lookahead.Picoseconds.ShouldBe((2 * access) + (2 * Hop) + edge);

        // Two nodes at one host are nearer to each other.
        OverlayOptions near = far with
        {
            Hosts = [far.Hosts[0] with { Ports = [0, 2] }, far.Hosts[1]],
        };
        Make(near, 3).Lookahead.Picoseconds.ShouldBe((2 * access) + Hop);
    }

    [Fact]
    public void ABroadcastStormInARing_EndsWhenEachHostHasTheFrame()
    {
        const int Size = 6;
        OverlayOptions ring = Ring(Size);
        OverlayNetwork network = Make(ring with { Commands = FloodAll(ring) }, Size);
        NetworkFrames.Run(
            network, NetworkFrames.Departure(0, 0, NetworkFrames.ToAll, 100))
            .Select(a => a.Port).Order().ShouldBe([1, 2, 3, 4, 5]);
        network.Advance(VirtualTime.MaxValue, []);

        // Both ways round until they meet: the last edge is crossed from both sides.
        Edges(network).ShouldBe(6UL + 1);
        Count(network, "duplicates").ShouldBe(2UL);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    public void WithDuplicatesKept_TheLimitOfHopsEndsTheStorm(int hops)
    {
        const int Size = 6;
        OverlayOptions ring = Ring(Size);
        OverlayNetwork network = Make(
            ring with
            {
                Commands = FloodAll(ring),
                DropsDuplicates = false,
                Hops = hops,
            },
            Size);
        NetworkFrames.Run(network, NetworkFrames.Departure(0, 0, NetworkFrames.ToAll, 100));
        network.Advance(VirtualTime.MaxValue, []);

        Edges(network).ShouldBe((ulong)hops * 2);
        Count(network, "expired").ShouldBe(2UL);
        Count(network, "delivered").ShouldBe((ulong)hops * 2);
    }

    [Fact]
    public void Learning_FindsTheWayFromOneFrame_AndForgetsIt()
    {
        OverlayNetwork network = Make(
            Hosts(3, (0, 1), (0, 2)) with
            {
                Learning = true,
                Ageing = VirtualDuration.FromMicroseconds(100),
            },
            3);

        // Nobody knows node 1: everywhere. Then node 0 is known to all, node 1 to two of them.
        Send(network, 0, 0, 1).ShouldBe([1, 2]);
        Send(network, 20, 1, 0).ShouldBe([0]);
        Send(network, 40, 0, 1).ShouldBe([1]);
        Send(network, 60, 2, 1).ShouldBe([1]);
        Count(network, "h0.flooded").ShouldBe(1UL);

        // 100 us after its last frame (at host 0 at about 23 us) node 1 is forgotten there.
        Send(network, 115, 0, 1).ShouldBe([1]);
        Send(network, 135, 0, 1).ShouldBe([1, 2]);
    }

    [Fact]
    public void Routes_GoBeforeWhatWasLearned()
    {
        OverlayNetwork network = Make(
            Hosts(3, (0, 1), (0, 2)) with
            {
                Learning = true,
                Commands = [Add(0, MacPattern.Any, Node(1), OverlayEnd.Edge(1))],
            },
            3);
        Send(network, 0, 1, 0);
        Send(network, 20, 0, 1).ShouldBeEmpty();

        // Host 2 has learned that node 1 is where the frame came from.
        Count(network, "h2.returned").ShouldBe(1UL);
    }

    [Fact]
    public void ALinkThatIsTakenAway_CarriesNothingUntilItComesBack_AndIsForgotten()
    {
        OverlayNetwork network = Make(
            Hosts(2, (0, 1)) with
            {
                Learning = true,
                Commands =
                [
                    new SetEdgeCommand(new VirtualTime(30 * Microsecond), 0, IsUp: false),
                    new SetEdgeCommand(new VirtualTime(60 * Microsecond), 0, IsUp: true),
                ],
            },
            2);
        Send(network, 0, 1, 0).ShouldBe([0]);
        Send(network, 15, 0, 1).ShouldBe([1]);
        Send(network, 40, 0, 1).ShouldBeEmpty();
        Count(network, "h0.cut").ShouldBe(1UL);

        // Node 0 was not known when node 1's frame came, and node 1 is not any more.
        Count(network, "h0.flooded").ShouldBe(2UL);
        Send(network, 70, 0, 1).ShouldBe([1]);
        Count(network, "commands").ShouldBe(2UL);
    }

    /// <summary>A frame stands at the host 2.1 us after its departure: the change is taken then,
    /// neither sooner nor later, and what the table said before is not remembered.</summary>
    [Fact]
    public void ARouteChange_IsForFramesThatStandAtTheHostFromThenOn()
    {
        const ulong Change = 50 * Microsecond;
        ulong stands = Access + Hop;
        OverlayNetwork network = Make(
            Hosts(3, (0, 1), (0, 2)) with
            {
                Access = TestNetworks.Host,
                Commands =
                [
                    new DeleteRouteCommand(new VirtualTime(Change), 0, 0),
                    Add(0, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(1), Change),
                    Add(0, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(0)),
                    Add(1, MacPattern.Any, MacPattern.Any, OverlayEnd.Interface(1)),
                    Add(2, MacPattern.Any, MacPattern.Any, OverlayEnd.Interface(2)),
                ],
            },
            3);
        NetworkFrames.Run(
            network,
            NetworkFrames.Departure(0, 0, 1, 100, 1),
            NetworkFrames.Departure(Change - stands - 900_000, 0, 1, 100, 2),
            NetworkFrames.Departure(Change - stands, 0, 1, 100, 3))
            .Select(a => (a.Port, NetworkFrames.NumberOf(a.Frame)))
            .ShouldBe([(1, 1U), (1, 2U), (2, 3U)]);
        Count(network, "h0.route1.hits").ShouldBe(1UL);
        network.TableOf(0).Entries.Single().Index.ShouldBe(1);
        network.Taken.Count().ShouldBe(5);
    }

    [Fact]
    public void FramesAtAnEdge_AreToldOnceEach_InTheOrderOfTime()
    {
        OverlayNetwork network = Make(Hosts(3, (0, 1), (1, 2)) with { Learning = true }, 3);
        List<(int Edge, VirtualTime Time, uint Number)> told = [];
        network.Passing = (edge, time, frame) =>
            told.Add((edge, time, NetworkFrames.NumberOf(frame)));
        NetworkFrames.Run(
            network, NetworkFrames.Departure(0, 0, 2, 100, 1),
            NetworkFrames.Departure(Microsecond, 2, 0, 100, 2));

        ulong stands = Access + Hop;
        ulong step = (700 * Nanosecond) + 266_667 + Hop;
        told.Select(t => (t.Edge, t.Time.Picoseconds, t.Number)).ShouldBe(
        [
            (0, stands, 1U), (1, stands + Microsecond, 2U),
            (1, stands + step, 1U), (0, stands + Microsecond + step, 2U),
        ]);
    }

    [Fact]
    public void ACommandWithoutFrames_IsTakenByTheEnd()
    {
        OverlayNetwork network = Make(
            Hosts(2, (0, 1)) with
            {
                Commands =
                [
                    Add(0, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(0), 50),
                    Add(0, MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(0), 51),
                ],
            },
            2);
        network.TableOf(0).Entries.ShouldBeEmpty();
        network.TakeCommandsUntil(new VirtualTime(50));
        network.TableOf(0).Entries.Count.ShouldBe(1);
    }

    private static int[] Send(OverlayNetwork network, ulong microseconds, int from, int to)
    {
        List<FrameArrival> arrivals = [];
        network.Send(NetworkFrames.Departure(microseconds * Microsecond, from, to, 100));
        VirtualTime end = new((microseconds + 15) * Microsecond);
        while (network.Advance(end, arrivals) < end)
        {
        }

        return [.. arrivals.Select(a => a.Port).Order()];
    }

    private static ulong Edges(OverlayNetwork network)
    {
        StatisticsList list = new();
        network.Collect(list);
        return (ulong)list.Items
            .Where(s => s.Name.StartsWith('e') && s.Name.EndsWith(".frames", StringComparison.Ordinal))
            .Aggregate((UInt128)0, (sum, s) => sum + s.Value);
    }

    private static ulong[] Hits(OverlayNetwork network, string host, int routes) =>
        [.. Enumerable.Range(0, routes).Select(i => Count(network, $"{host}.route{i}.hits"))];
}
