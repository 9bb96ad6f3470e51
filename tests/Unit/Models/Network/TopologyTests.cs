using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class TopologyTests
{
    public static TheoryData<string> Names => TestNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryRoute_LeadsThere_OverAsManyLinksAsItSays(string name)
    {
        Topology topology = Build(name);
        for (int from = 0; from < topology.PortCount && topology.SwitchCount > 0; from++)
        {
            for (int to = 0; to < topology.PortCount; to++)
            {
                HopCount expected = topology.Hops(topology.SwitchOf(from), to);
                Walk(topology, from, to, 0x9000_0001).ShouldBe(expected, $"{from} to {to}");
                if (from != to)
                {
                    topology.Nearest.ShouldContain(n =>
                        n.Fabric + n.Global <= expected.Fabric + expected.Global);
                }
            }
        }
    }

    [Fact]
    public void Torus_TakesTheShortWay_OneDimensionAfterTheOther()
    {
        Topology torus = new TorusOptions { Shape = [5, 4], HostsPerRouter = 1 }.Build(20);
        LinkNames(torus, 0, 19).ShouldBe(["router0.down0", "router4.down1"]);
        LinkNames(torus, 0, 7).ShouldBe(["router0.up0", "router1.up0", "router2.up1"]);

        // Half way round: upwards.
        LinkNames(torus, 0, 10).ShouldBe(["router0.up1", "router5.up1"]);
        torus.Hops(0, 19).ShouldBe(new HopCount(2, 0));
    }

    [Fact]
    public void FatTree_SpreadsFlowsOverAllSpines_AndKeepsEachOnOne()
    {
        Topology tree = new FatTreeOptions { Down = 4, Up = 4 }.Build(16);
        int[] uses = new int[4];
        for (ushort port = 0; port < 4000; port++)
        {
            byte[] frame = NetworkFrames.Datagram(0, 15, 17, port, 80);
            uint flow = EthernetFrame.FlowHash(frame);
            EthernetFrame.FlowHash(NetworkFrames.Datagram(0, 15, 17, port, 80)).ShouldBe(flow);
            string first = LinkNames(tree, 0, 15, flow)[0];
            uses[int.Parse(first["leaf0.spine".Length..])]++;
        }

        uses.ShouldAllBe(u => u > 900 && u < 1100);
    }

    [Fact]
    public void FlowHash_LooksAtPortsOfTcpAndUdpOnly()
    {
        Hash(6, 1, 2).ShouldNotBe(Hash(6, 1, 3));
        Hash(17, 1, 2).ShouldNotBe(Hash(6, 1, 2));
        Hash(1, 1, 2).ShouldBe(Hash(1, 1, 3));

        // Of a fragment only the first part has ports.
        byte[] fragment = NetworkFrames.Datagram(0, 1, 17, 1, 2);
        fragment[20] = 0x20;
        byte[] other = NetworkFrames.Datagram(0, 1, 17, 1, 3);
        other[20] = 0x20;
        EthernetFrame.FlowHash(fragment).ShouldBe(EthernetFrame.FlowHash(other));
        EthernetFrame.FlowHash(new byte[14]).ShouldBe(EthernetFrame.FlowHash(new byte[14]));

        static uint Hash(byte protocol, ushort source, ushort destination) =>
            EthernetFrame.FlowHash(NetworkFrames.Datagram(0, 1, protocol, source, destination));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AFloodedFrame_ComesToEveryOtherNodeOnce(string name)
    {
        int ports = TestNetworks.Ports(name);
        for (int from = 0; from < ports; from++)
        {
            FabricNetwork network = TestNetworks.Make(name);
            NetworkFrames.Run(
                    network, NetworkFrames.Departure(0, from, NetworkFrames.ToAll, 64))
                .Select(a => a.Port).Order()
                .ShouldBe(Enumerable.Range(0, ports).Where(p => p != from), $"from {from}");
            NetworkFrames.Value(network, "copies").ShouldBe((UInt128)(ports - 2));
            NetworkFrames.Value(network, "inFlight").ShouldBe((UInt128)0);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lookahead_IsTheSoonestThatAnyFrameCanCome(string name)
    {
        int ports = TestNetworks.Ports(name);
        VirtualTime soonest = VirtualTime.MaxValue;
        for (int from = 0; from < ports; from++)
        {
            for (int to = 0; to < ports; to++)
            {
                if (from != to)
                {
                    FabricNetwork network = TestNetworks.Make(name);
                    network.Send(NetworkFrames.Departure(0, from, to, EthernetFrame.HeaderBytes));
                    VirtualTime promised = network.EarliestArrival;
                    VirtualTime came = NetworkFrames.Run(network).Single().Time;
                    came.ShouldBe(promised);
                    soonest = VirtualTime.Min(soonest, came);
                }
            }
        }

        TestNetworks.Make(name).Lookahead.ShouldBe(soonest - VirtualTime.Zero);
    }

    private static Topology Build(string name) =>
        TestNetworks.Options(name).Topology.Build(TestNetworks.Ports(name));

    private static HopCount Walk(Topology topology, int from, int to, uint flow)
    {
        HopCount hops = default;
        foreach (LinkPlan link in Path(topology, from, to, flow))
        {
            hops = link.Kind == LinkKind.Fabric
                ? hops with { Fabric = hops.Fabric + 1 }
                : hops with { Global = hops.Global + 1 };
        }

        return hops;
    }

    private static string[] LinkNames(Topology topology, int from, int to, uint flow = 0) =>
        [.. Path(topology, from, to, flow).Select(l => l.Name)];

    private static List<LinkPlan> Path(Topology topology, int from, int to, uint flow)
    {
        List<LinkPlan> path = [];
        int at = topology.SwitchOf(from);
        while (true)
        {
            LinkPlan link = topology.Links[topology.Next(at, to, flow)];
            link.From.ShouldBe(at);
            if (link.To < 0)
            {
                (~link.To).ShouldBe(to);
                return path;
            }

            path.Add(link);
            path.Count.ShouldBeLessThan(64);
            at = link.To;
        }
    }
}
