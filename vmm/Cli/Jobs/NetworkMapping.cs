using System.Globalization;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Models.Network;
using Fabric = Dilaton.Models.Network.NetworkOptions;

namespace Dilaton.Cli;

/// <summary>From a job's network to the options of models, coordinator and interfaces.</summary>
internal static class NetworkMapping
{
    private const int PrefixLength = 16;
    private const uint FirstAddress = 0x0a00_0001;
    private const ulong FirstMac = 0x0200_0000_0000;

    // The model's keys, longest first, and the job's.
    private static readonly (string Model, string Job)[] s_keys =
    [
        ("network.topology.global_links_per_router", "network.globalLinksPerRouter"),
        ("network.topology.routers_per_group", "network.routersPerGroup"),
        ("network.topology.hosts_per_router", "network.hostsPerRouter"),
        ("network.topology.shape", "network.dimensions"),
        ("network.topology.down", "network.down"),
        ("network.topology.up", "network.up"),
        ("network.topology", "network"),
        ("network.forwarding_latency", "network.switch.latency"),
        ("network.host", "network.link"),
        ("network.latency", "network.link.latency"),
        ("network.bandwidth", "network.link.bandwidth"),
        ("network.mtu", "network.link.mtu"),
        ("network.overhead", "network.link.overhead"),
        ("network.overlay.forwarding_latency", "network.switch.latency"),
        ("network.overlay.access", "network.link"),
    ];

    // Before the name of a single link that is different.
    private static readonly string[] s_changes = ["network.links.", "network.overlay.changes."];

    /// <summary>Every mistake that shows only now that the nodes are counted, with the job's keys.
    /// </summary>
    public static IEnumerable<ConfigException> Mistakes(Job job)
    {
        if (job.Network is null or { Kind: NetworkKind.Peer or NetworkKind.Overlay })
        {
            yield break;
        }

        // What is in range can be dilated, and may then be out of it.
        List<ConfigException> problems = Problems(job, job.Network);
        if (problems.Count == 0)
        {
            problems = [.. DilatedProblems(job)];
        }

        foreach (ConfigException problem in problems)
        {
            // All links are of one kind here: say it once.
            if (!problem.Key.StartsWith("network.fabric", StringComparison.Ordinal)
                && !problem.Key.StartsWith("network.global.", StringComparison.Ordinal))
            {
                yield return new ConfigException(KeyOf(problem.Key, job.Network), problem.Why);
            }
        }
    }

    private static List<ConfigException> DilatedProblems(Job job) => job.IsNetworkPhysical()
        ? job.Time.Tdf.Steps
            .Select(step => Problems(job, Dilation.Network(job.Network!, step.Factor)))
            .FirstOrDefault(found => found.Count > 0) ?? []
        : [];

    private static List<ConfigException> Problems(Job job, NetworkJob network)
    {
        List<ConfigException> problems = [];
        if (network.Kind == NetworkKind.LogGp)
        {
            LogGp(network).Check("network", job.Nodes.Count, problems);
        }
        else
        {
            Links(job, network).Check("network", job.Nodes.Count, problems);
        }

        return problems;
    }

    /// <summary>As guests meet it: dilated. Of every kind but a peer.</summary>
    public static INetworkModel Model(Job job)
    {
        NetworkJob network = Dilation.Network(job)!;
        int nodes = job.Nodes.Count;
        INetworkModel model = network.Kind switch
        {
            NetworkKind.LogGp => new LogGpNetwork("network", LogGp(network), nodes),
            NetworkKind.Overlay => new OverlayNetwork(
                "network.overlay", new OverlayPlan(job, network).Options, nodes),
            _ => new FabricNetwork("network", Links(job, network), nodes),
        };
        return Dilation.PhysicalTime(job) is { } time ? new DilatedNetwork(model, time) : model;
    }

    /// <summary>Names of all links; of a network without mistakes that has any.</summary>
    public static IReadOnlyList<string> LinkNames(Job job) => job.Network switch
    {
        null or { Kind: NetworkKind.Peer or NetworkKind.LogGp } => [],
        { Kind: NetworkKind.Overlay } network =>
            new OverlayPlan(job, network).Options.LinkNames(job.Nodes.Count),
        { } network => Links(job, network).LinkNames(job.Nodes.Count),
    };

    public static ClusterOptions Cluster(SyncJob sync) => new()
    {
        Sync = sync.Mode switch
        {
            SyncMode.Strict => ClusterSync.Strict,
            SyncMode.Slack => ClusterSync.Slack,
            SyncMode.Adaptive => ClusterSync.Adaptive,
            SyncMode.Free => ClusterSync.Free,
            _ => throw new ArgumentOutOfRangeException(nameof(sync)),
        },
        Slack = sync.Slack ?? VirtualDuration.Zero,
        LatePerMille = sync.Late,
    };

    /// <summary>The interface of a node.</summary>
    /// <param name="names">Of all nodes.</param>
    public static Guest.NetworkOptions Interface(
        NetworkJob network, NicJob nic, int index, IReadOnlyList<string> names) => new()
        {
            Mac = Mac(index),
            Address = Address(index),
            PrefixLength = PrefixLength,
            MtuBytes = (int)(nic.Mtu ?? LinkOf(network, index).Mtu).Bytes,
            BandwidthBitsPerSecond =
                (nic.Bandwidth ?? LinkOf(network, index).Bandwidth).BitsPerSecond,
            QueueFrames = nic.Queue,
            Hosts = [.. names.Select((name, i) => new NetworkHost(name, Address(i)))],
        };

    public static Ipv4Address Address(int index) => new(FirstAddress + (uint)index);

    public static MacAddress Mac(int index) => new(FirstMac + (uint)index);

    private static Fabric Links(Job job, NetworkJob network) => new()
    {
        Topology = Topology(network, job.Nodes.Count),
        Host = Link(network.Link),
        Fabric = Link(network.Link),
        Global = Link(network.Link),
        Links = network.Links.DistinctBy(link => link.Name).ToDictionary(
            link => link.Name, link => Link(link.Over(network.Link))),
        ForwardingLatency = network.Switch.Latency,
        Seed = (ulong)job.Seed,
    };

    private static TopologyOptions Topology(NetworkJob network, int nodes) => network.Kind switch
    {
        NetworkKind.Star => new StarOptions(),
        NetworkKind.PointToPoint => new PointToPointOptions(),
        NetworkKind.Ring or NetworkKind.Torus => new TorusOptions
        {
            Shape = network.Dimensions.Count > 0
                ? network.Dimensions
                : [(nodes + network.HostsPerRouter - 1) / network.HostsPerRouter],
            HostsPerRouter = network.HostsPerRouter,
        },
        NetworkKind.FatTree => new FatTreeOptions { Down = network.Down, Up = network.Up },
        NetworkKind.Dragonfly => new DragonflyOptions
        {
            HostsPerRouter = network.HostsPerRouter,
            RoutersPerGroup = network.RoutersPerGroup,
            GlobalLinksPerRouter = network.GlobalLinksPerRouter,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(network)),
    };

    public static LinkOptions Link(LinkJob link) => new()
    {
        BandwidthBitsPerSecond = link.Bandwidth.BitsPerSecond,
        Latency = link.Latency,
        MtuBytes = (int)link.Mtu.Bytes,
        OverheadBytes = link.Overhead,
        BufferBytes = link.Buffer.Bytes,
        Loss = link.Loss,
        LossPattern = null,
    };

    private static LogGpOptions LogGp(NetworkJob network) => new()
    {
        Latency = network.Link.Latency,
        Gap = network.Gap,
        BandwidthBitsPerSecond = network.Link.Bandwidth.BitsPerSecond,
        MtuBytes = (int)network.Link.Mtu.Bytes,
        OverheadBytes = network.Link.Overhead,
    };

    /// <summary>The link by which a node sends.</summary>
    private static LinkJob LinkOf(NetworkJob network, int index)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"node{index}.up");
        return network.Links.FirstOrDefault(link => link.Name == name)?.Over(network.Link)
            ?? network.Link;
    }

    /// <summary>The job's key for a model's.</summary>
    public static string KeyOf(string key, NetworkJob network)
    {
        foreach (string prefix in s_changes.Where(p => key.StartsWith(p, StringComparison.Ordinal)))
        {
            // Names have dots in them, and one may be the beginning of another.
            string rest = key[prefix.Length..];
            int index = network.Links.ToList().FindIndex(
                link => rest == link.Name
                    || rest.StartsWith($"{link.Name}.", StringComparison.Ordinal));
            string end = rest == network.Links[index].Name
                ? ".name"
                : rest[network.Links[index].Name.Length..];
            return string.Create(CultureInfo.InvariantCulture, $"network.links[{index}]{end}");
        }

        foreach ((string model, string job) in s_keys)
        {
            if (key.StartsWith(model, StringComparison.Ordinal))
            {
                return job + key[model.Length..];
            }
        }

        return key;
    }
}
