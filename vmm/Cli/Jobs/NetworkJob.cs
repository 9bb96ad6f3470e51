using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("The network that joins all nodes. Node i, from 0, is at port i with the address "
    + "10.0.0.1 + i of 10.0.0.0/16, and every node knows all by name.")]
internal sealed record NetworkJob
{
    [Description("star: one switch. point-to-point: two nodes and a cable. ring, torus: a router per "
        + "place of a closed grid. fat-tree: leaf and spine switches. dragonfly: groups of routers, "
        + "all joined. loggp: no links, only latency, gap and bandwidth. peer: a simulator of its own. overlay: "
        + "hosts with routes between them.")]
    public NetworkKind Kind { get; init; } = NetworkKind.Star;

    [Description("peer: which of peers carries the frames. What links and switches are is its affair.")]
    public string? Peer { get; init; }

    [Description("overlay: hosts, links between them, and what goes where.")]
    public OverlayJob? Overlay { get; init; }

    [Description("torus: routers along each dimension, such as [4, 4]; ring: [N]. Left out for ring: "
        + "as many as the nodes need.")]
    public IReadOnlyList<int> Dimensions { get; init; } = [];

    [Description("ring, torus, dragonfly: nodes of a router.")]
    public int HostsPerRouter { get; init; } = 1;

    [Description("fat-tree: nodes of a leaf switch.")]
    public int Down { get; init; } = 8;

    [Description("fat-tree: spine switches, and so links of a leaf upwards.")]
    public int Up { get; init; } = 8;

    [Description("dragonfly: routers of a group; each has hostsPerRouter nodes.")]
    public int RoutersPerGroup { get; init; } = 4;

    [Description("dragonfly: links of a router to other groups.")]
    public int GlobalLinksPerRouter { get; init; } = 2;

    [Description("loggp: from the last byte of a frame to the first of the next, at a node.")]
    public VirtualDuration Gap { get; init; }

    [Description("Every link; between a node and its switch too.")]
    public LinkJob Link { get; init; } = new();

    [Description("Single links that are different.")]
    public IReadOnlyList<LinkChangeJob> Links { get; init; } = [];

    [Description("The switches.")]
    public SwitchJob Switch { get; init; } = new();

    [Description("virtual: bandwidths, latencies and the gap are what guests see. physical: guests see "
        + "bandwidth x time.tdf and latency / time.tdf; interfaces too.")]
    public RatesChoice Rates { get; init; } = RatesChoice.Virtual;

    [Description("Whether each node's frames are written to pcap/NODE.pcap of the result folder, with "
        + "virtual times; of an overlay also what stands at each link between hosts, to "
        + "pcap/LINK.link.pcap.")]
    public bool Pcap { get; init; }
}
