using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>The models of this project and their parameters. Defaults are read from
/// <see cref="NetworkDefaults"/>, ranges from the limits that the options check.</summary>
public static class NetworkCatalogue
{
    private const string NodeCount = "nodes of the job";

    public static IReadOnlyList<ModelDescription> All { get; } =
        [Link(), PointToPoint(), Star(), FatTree(), Torus(), Dragonfly(), LogGp(), Overlay()];

    /// <summary>Bandwidth as jobs write it, exact: "2.5Gbps".</summary>
    public static string FormatBandwidth(ulong bitsPerSecond)
    {
        (string Unit, ulong Scale)[] units =
            [("Tbps", 1_000_000_000_000), ("Gbps", 1_000_000_000), ("Mbps", 1_000_000)];
        foreach ((string unit, ulong scale) in units)
        {
            if (bitsPerSecond >= scale && bitsPerSecond % (scale / 1000) == 0)
            {
                decimal value = (decimal)bitsPerSecond / scale;
                return value.ToString("0.###", CultureInfo.InvariantCulture) + unit;
            }
        }

        return bitsPerSecond.ToString(CultureInfo.InvariantCulture) + "bps";
    }

    private static ModelDescription Link()
    {
        LinkOptions link = NetworkDefaults.Link;
        return new ModelDescription(
            "link",
            "one direction of a link behind an output queue with tail drop: arrival = start + "
                + "size / bandwidth + latency",
            "store and forward: A. S. Tanenbaum, D. J. Wetherall, Computer Networks, \"Store-and-"
                + "Forward Packet Switching\"; with Poisson arrivals of one size the queue is M/D/1 "
                + "(A. K. Erlang, 1909)",
            [
                Bandwidth(link.BandwidthBitsPerSecond, "of either direction"),
                new("latency", "time", link.Latency.ToString(), $"1ps..{LinkOptions.LatencyMax}",
                    "from a bit's going in to its coming out"),
                Mtu(link.MtuBytes),
                Overhead(link.OverheadBytes),
                new("buffer", "size", Quantity.FormatSize(link.BufferBytes), "any",
                    "bytes of frames that may wait for the link; the one being sent does not"),
                new("loss", "ratio", link.Loss.ToString(), "0..1",
                    "share of frames that are lost by chance, of the job's seed"),
                new("loss_pattern", "", "none", "numbers in order from 0, or every n-th",
                    "frames of the link that are lost whatever chance says"),
                new("forwarding_latency", "time",
                    NetworkDefaults.Network.ForwardingLatency.ToString(),
                    $"0ps..{NetworkOptions.ForwardingLatencyMax}",
                    "of a switch: from a frame's last bit in to its standing at the output"),
            ],
            [
                "no cut-through, no priorities, no back-pressure: a full buffer drops",
                "a switch moves any number of frames to its outputs at once",
            ]);
    }

    private static ModelDescription PointToPoint() => new(
        "point-to-point",
        "two nodes and a link, no switch",
        "one link, as in law 4",
        [],
        ["a frame comes to the other node whatever its address"]);

    private static ModelDescription Star() => new(
        "star",
        "all nodes at one switch",
        "IEEE 802.1Q, \"Principles of Bridge operation\", with a static filtering database",
        [],
        ["addresses are fixed, none is learned: a frame to an address that no node has is dropped"]);

    private static ModelDescription FatTree()
    {
        FatTreeOptions options = NetworkDefaults.FatTree;
        return new ModelDescription(
            "fat-tree",
            "leaf switches with nodes below and a link to every spine above; a flow goes over the "
                + "spine that its hash chooses",
            "C. Clos, A Study of Non-blocking Switching Networks (BSTJ, 1953); C. E. Leiserson, "
                + "Fat-Trees (IEEE ToC C-34, 1985); choice of the spine: RFC 2992",
            [
                new("down", "", $"{options.Down}", $"1..{NodeCount}", "nodes of a leaf"),
                new("up", "", $"{options.Up}", $"1..{FatTreeOptions.SpinesMax}",
                    "spines; down / up is the oversubscription"),
            ],
            ["two levels", "a flow stays on its way, however full it is"]);
    }

    private static ModelDescription Torus()
    {
        TorusOptions options = NetworkDefaults.Torus;
        return new ModelDescription(
            "torus",
            "routers in a grid with closed rings, dimension order, the short way round (upwards if "
                + "both are as long); one dimension is a ring",
            "W. J. Dally, C. L. Seitz, Deadlock-Free Message Routing in Multiprocessor "
                + "Interconnection Networks (IEEE ToC C-36, 1987)",
            [
                new("shape", "", string.Join('x', options.Shape),
                    $"1..{TorusOptions.DimensionsMax} dimensions", "routers along each dimension"),
                new("hosts_per_router", "", $"{options.HostsPerRouter}", $"1..{NodeCount}",
                    "nodes of a router"),
            ],
            ["no credits, no virtual channels: a full buffer drops"]);
    }

    private static ModelDescription Dragonfly()
    {
        DragonflyOptions options = NetworkDefaults.Dragonfly;
        return new ModelDescription(
            "dragonfly",
            "groups of routers that are all joined, one global link between any two groups, minimal "
                + "routes",
            "J. Kim, W. J. Dally, S. Scott, D. Abts, Technology-Driven, Highly-Scalable Dragonfly "
                + "Topology (ISCA 2008)",
            [
                new("hosts_per_router", "", $"{options.HostsPerRouter}", "1..1024", "the paper's p"),
                new("routers_per_group", "", $"{options.RoutersPerGroup}", "1..1024",
                    "the paper's a"),
                new("global_links_per_router", "", $"{options.GlobalLinksPerRouter}", "1..1024",
                    "the paper's h; a h + 1 groups at most"),
            ],
            ["no adaptive routes, no Valiant routes"]);
    }

    private static ModelDescription LogGp()
    {
        LogGpOptions options = NetworkDefaults.LogGp;
        return new ModelDescription(
            "loggp",
            "no links: a frame of m bytes comes L + (m - 1) G after it starts, and a node sends and "
                + "receives one at a time with g between; o is what the guest's kernel costs",
            "A. Alexandrov, M. F. Ionescu, K. E. Schauser, C. Scheiman, LogGP: Incorporating Long "
                + "Messages into the LogP Model (SPAA 1995)",
            [
                new("latency", "time", options.Latency.ToString(), $"1ps..{LinkOptions.LatencyMax}",
                    "L"),
                new("gap", "time", options.Gap.ToString(), $"0ps..{LogGpOptions.GapMax}",
                    "g, from a frame's last byte to the next one's first"),
                Bandwidth(options.BandwidthBitsPerSecond, "1 / G"),
                Mtu(options.MtuBytes),
                Overhead(options.OverheadBytes),
            ],
            ["no contention inside the network, no loss"]);
    }

    private static ModelDescription Overlay()
    {
        OverlayOptions options = NetworkDefaults.Overlay;
        return new ModelDescription(
            "overlay",
            "hosts with nodes at them and links between, each with a table of routes by source and "
                + "destination address; all routes of the highest priority get a copy",
            "L. Xia, Z. Cui, J. Lange, Y. Tang, P. Dinda, P. Bridges, VNET/P (HPDC 2012), and "
                + "Palacios' vnet_core.c for the priorities; learning: IEEE 802.1D, \"The Learning "
                + "Process\"; loop guard: controlled flooding by sequence number, J. Kurose, "
                + "K. Ross, Computer Networking, \"Broadcast Routing Algorithms\"",
            [
                new("learning", "", options.Learning ? "true" : "false", "true or false",
                    "frames that no route is for go where their address was seen, or everywhere"),
                new("ageing", "time", options.Ageing.ToString(), $"1ps..{OverlayOptions.AgeingMax}",
                    "what was learned is forgotten after this long without a frame"),
                new("hops", "", $"{options.Hops}", $"1..{OverlayOptions.HopsMax}",
                    "links between hosts that a frame crosses at most"),
                new("duplicates", "", options.DropsDuplicates ? "drop" : "keep", "drop or keep",
                    "drop: a host takes the first copy of a frame that comes to it, and no other"),
            ],
            [
                "a host knows a copy for one without a number in the frame and without a limit of "
                    + "memory",
                "encapsulation costs nothing; a link's overhead can stand for it",
                "no spanning tree",
            ]);
    }

    private static ModelParameter Bandwidth(ulong value, string what) => new(
        "bandwidth", "bandwidth", FormatBandwidth(value),
        $"{LinkOptions.BandwidthMin / 1000}kbps..{FormatBandwidth(LinkOptions.BandwidthMax)}", what);

    private static ModelParameter Mtu(int value) => new(
        "mtu", "size", Quantity.FormatSize((ulong)value),
        $"{LinkOptions.MtuBytesMin}B..{LinkOptions.MtuBytesMax}B",
        "longest payload behind the 14 bytes of Ethernet's header; longer frames are dropped");

    private static ModelParameter Overhead(int value) => new(
        "overhead", "size", Quantity.FormatSize((ulong)value),
        $"0B..{LinkOptions.OverheadBytesMax}B",
        $"bytes sent with every frame; {LinkOptions.EthernetOverheadBytes}B is Ethernet's preamble, "
            + "check sequence and gap");
}
