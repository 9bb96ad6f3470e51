using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Overlays of one node a host, and what is written of them often.</summary>
internal static class TestOverlays
{
    public static VirtualTime Start => VirtualTime.Zero;

    public static ulong Broadcast => 0xFFFF_FFFF_FFFF;

    /// <summary>Node i at host i.</summary>
    public static OverlayOptions Hosts(int count, params (int First, int Second)[] edges) =>
        NetworkDefaults.Overlay with
        {
            Hosts =
            [
                .. Enumerable.Range(0, count).Select(
                    i => new OverlayHostOptions { Name = $"h{i}", Ports = [i] }),
            ],
            Edges =
            [
                .. edges.Select((e, i) => new OverlayEdgeOptions
                {
                    Name = $"e{i}", First = e.First, Second = e.Second, Link = TestNetworks.Fabric,
                }),
            ],
            Access = TestNetworks.Host,
            ForwardingLatency = VirtualDuration.FromNanoseconds(300),
        };

    public static OverlayOptions Ring(int count) => Hosts(
        count, [.. Enumerable.Range(0, count).Select(i => (i, (i + 1) % count))]);

    public static OverlayNetwork Make(OverlayOptions options, int ports) =>
        new("network", options, ports);

    public static OverlayCommand Add(
        int host, MacPattern source, MacPattern destination, OverlayEnd to, ulong timePs = 0) =>
        Add(host, source, destination, to, OverlayEnd.Any, timePs);

    public static OverlayCommand Add(
        int host, MacPattern source, MacPattern destination, OverlayEnd to, OverlayEnd from,
        ulong timePs = 0) =>
        new AddRouteCommand(
            new VirtualTime(timePs), host, new OverlayRoute(source, destination, to, from));

    /// <summary>Everything goes everywhere from each host.</summary>
    public static OverlayCommand[] FloodAll(OverlayOptions options) =>
    [
        .. options.Hosts.SelectMany((host, i) => options.Edges
            .Select((edge, number) => (edge, number))
            .Where(e => e.edge.First == i || e.edge.Second == i)
            .Select(e => OverlayEnd.Edge(e.number))
            .Concat(host.Ports.Select(OverlayEnd.Interface))
            .Select(end => Add(i, MacPattern.Any, MacPattern.Any, end))),
    ];

    public static MacPattern Node(int port) => MacPattern.Exact(EthernetFrame.AddressOf(port));

    public static MacPattern NotNode(int port) => MacPattern.Not(EthernetFrame.AddressOf(port));

    public static ulong Count(IStatisticsSource network, string name) =>
        (ulong)NetworkFrames.Value(network, name);
}
