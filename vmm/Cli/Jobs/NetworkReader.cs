using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Models.Network;
using NetworkOptions = Dilaton.Guest.NetworkOptions;

namespace Dilaton.Cli;

/// <summary>Reads `network`, `sync` and `nodes[].nic`.</summary>
internal static class NetworkReader
{
    private const int PartsMax = 65_536;

    private static VirtualDuration TimeoutMin => VirtualDuration.FromSeconds(1);

    private static VirtualDuration TimeoutMax => VirtualDuration.FromSeconds(24 * 60 * 60);

    public static NetworkJob? Read(MapReader job)
    {
        if (!job.Has("network") || job.IsNull("network"))
        {
            job.Take("network");
            return null;
        }

        MapReader map = job.Section("network");
        NetworkJob standard = new();
        NetworkJob network = new()
        {
            Kind = map.Word("kind", standard.Kind, JobChoices.Network),
            Peer = map.OptionalText("peer"),
            Overlay = OverlayReader.Read(map),
            Dimensions = map.Integers("dimensions", 1, PartsMax),
            HostsPerRouter =
                (int)map.Integer("hostsPerRouter", standard.HostsPerRouter, 1, PartsMax),
            Down = (int)map.Integer("down", standard.Down, 1, PartsMax),
            Up = (int)map.Integer("up", standard.Up, 1, PartsMax),
            RoutersPerGroup =
                (int)map.Integer("routersPerGroup", standard.RoutersPerGroup, 1, PartsMax),
            GlobalLinksPerRouter = (int)map.Integer(
                "globalLinksPerRouter", standard.GlobalLinksPerRouter, 1, PartsMax),
            Gap = map.Value<VirtualDuration>("gap", standard.Gap, Quantity.TryParseDuration),
            Link = ReadLink(map.Section("link")),
            Links = LinkFiguresReader.ReadChanges(map),
            Switch = ReadSwitch(map.Section("switch")),
            Rates = map.Word("rates", standard.Rates, JobChoices.Rates),
            Pcap = map.Flag("pcap", standard.Pcap),
        };
        CheckKind(map, network, standard);
        map.Done();
        return network;
    }

    private static int? ReadWorkers(MapReader map)
    {
        if (map.IsNull("workers") || !map.Has("workers"))
        {
            _ = map.Take("workers");
            return null;
        }

        return (int)map.Integer("workers", 1, 1, Job.NodesMax);
    }

    public static SyncJob ReadSync(MapReader map)
    {
        SyncJob standard = new();
        SyncJob sync = new()
        {
            Mode = map.Word("mode", standard.Mode, JobChoices.Sync),
            Slack = map.Optional<VirtualDuration>("slack", null, Quantity.TryParseDuration),
            Late = (int)map.Integer("late", standard.Late, 1, 999),
            Timeout = map.Value<VirtualDuration>(
                "timeout", standard.Timeout, Quantity.TryParseDuration),
            Transport = map.Word("transport", standard.Transport, JobChoices.Transport),
            Workers = ReadWorkers(map),
        };
        bool takesSlack = sync.Mode is SyncMode.Slack or SyncMode.Adaptive;
        if (takesSlack && sync.Slack is null)
        {
            map.Missing("slack");
        }
        else if (!takesSlack && sync.Slack is not null)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "slack",
                $"'{JobChoices.Sync.WordOf(sync.Mode)}' has none",
                "give mode: slack or adaptive, or leave it out");
        }

        if (sync.Timeout < TimeoutMin || sync.Timeout > TimeoutMax)
        {
            map.Error(DiagnosticCode.OutOfRange, "timeout",
                $"{sync.Timeout} is out of range ({TimeoutMin} to {TimeoutMax})");
        }

        if (sync.Slack is { } slack
            && (slack == VirtualDuration.Zero || slack > ClusterOptions.SlackMax))
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "slack",
                $"{slack} is out of range (1ps to {ClusterOptions.SlackMax})");
        }

        map.Done();
        return sync;
    }

    public static NicJob ReadNic(MapReader map)
    {
        NicJob standard = new();
        NicJob nic = new()
        {
            Bandwidth = map.Optional<Bandwidth>("bandwidth", null, Bandwidth.TryParse),
            Mtu = map.Optional<ByteSize>("mtu", null, ByteSize.TryParse),
            Queue = (int)map.Integer("queue", standard.Queue, 1, NetworkOptions.QueueFramesMax),
        };
        if (nic.Mtu is { } mtu)
        {
            CheckMtu(map, mtu);
        }

        if (nic.Bandwidth is { BitsPerSecond: < 1_000 })
        {
            map.Error(DiagnosticCode.OutOfRange, "bandwidth", $"{nic.Bandwidth} is below 1kbps");
        }
        else if (nic.Bandwidth is { BitsPerSecond: > LinkOptions.BandwidthMax })
        {
            map.Error(DiagnosticCode.OutOfRange, "bandwidth", $"{nic.Bandwidth} is above 8000Tbps");
        }

        map.Done();
        return nic;
    }

    private static LinkJob ReadLink(MapReader map)
    {
        LinkJob standard = new();
        LinkJob link = new()
        {
            Bandwidth = map.Value<Bandwidth>("bandwidth", standard.Bandwidth, Bandwidth.TryParse),
            Latency = map.Value<VirtualDuration>(
                "latency", standard.Latency, Quantity.TryParseDuration),
            Mtu = map.Value<ByteSize>("mtu", standard.Mtu, ByteSize.TryParse),
            Buffer = map.Value<ByteSize>("buffer", standard.Buffer, ByteSize.TryParse),
            Loss = map.Value<Ratio>("loss", standard.Loss, RatioText.TryParse),
            Overhead = (int)map.Integer("overhead", standard.Overhead, 0, 1024),
        };
        CheckMtu(map, link.Mtu);
        map.Done();
        return link;
    }

    private static SwitchJob ReadSwitch(MapReader map)
    {
        SwitchJob standard = new();
        SwitchJob parts = new()
        {
            Latency = map.Value<VirtualDuration>(
                "latency", standard.Latency, Quantity.TryParseDuration),
        };
        map.Done();
        return parts;
    }

    public static void CheckMtu(MapReader map, ByteSize mtu)
    {
        if (mtu.Bytes is < NetworkOptions.MtuBytesMin or > NetworkOptions.MtuBytesMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "mtu",
                $"{mtu} is out of range ({NetworkOptions.MtuBytesMin}B to "
                    + $"{NetworkOptions.MtuBytesMax}B)");
        }
    }

    /// <summary>A key that the kind of network has no use for is a mistake, unless it says what
    /// would be anyway.</summary>
    private static void CheckKind(MapReader map, NetworkJob network, NetworkJob standard)
    {
        bool isGrid = network.Kind is NetworkKind.Ring or NetworkKind.Torus;
        bool isDragonfly = network.Kind == NetworkKind.Dragonfly;
        bool isTree = network.Kind == NetworkKind.FatTree;
        bool isPeer = network.Kind == NetworkKind.Peer;
        bool isOverlay = network.Kind == NetworkKind.Overlay;
        (string Key, bool IsSet, bool IsOf)[] keys =
        [
            ("peer", network.Peer is not null, isPeer),
            ("overlay", network.Overlay is not null, isOverlay),
            ("link", network.Link != standard.Link, !isPeer),
            ("links", network.Links.Count > 0, !isPeer && network.Kind != NetworkKind.LogGp),
            ("switch", network.Switch != standard.Switch, !isPeer),
            ("rates", network.Rates != standard.Rates, !isPeer),
            ("dimensions", network.Dimensions.Count > 0, isGrid),
            ("hostsPerRouter", network.HostsPerRouter != standard.HostsPerRouter,
                isGrid || isDragonfly),
            ("down", network.Down != standard.Down, isTree),
            ("up", network.Up != standard.Up, isTree),
            ("routersPerGroup", network.RoutersPerGroup != standard.RoutersPerGroup, isDragonfly),
            ("globalLinksPerRouter",
                network.GlobalLinksPerRouter != standard.GlobalLinksPerRouter, isDragonfly),
            ("gap", network.Gap != standard.Gap, network.Kind == NetworkKind.LogGp),
        ];
        foreach ((string key, bool isSet, bool isOf) in keys)
        {
            if (isSet && !isOf)
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    key,
                    $"a network of kind '{JobChoices.Network.WordOf(network.Kind)}' has none",
                    HelpFor(key));
            }
        }

        if (isPeer && network.Peer is null)
        {
            map.Missing("peer");
        }
        else if (isOverlay && network.Overlay is null)
        {
            map.Missing("overlay");
        }
        else if (network.Kind == NetworkKind.Torus && network.Dimensions.Count == 0)
        {
            map.Missing("dimensions");
        }
        else if (network.Kind == NetworkKind.Ring && network.Dimensions.Count > 1)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "dimensions",
                "a ring has one",
                "kind: torus takes more");
        }
    }

    private static string HelpFor(string key) => key switch
    {
        "peer" => "only kind: peer has one",
        "overlay" => "only kind: overlay has one",
        "link" or "links" or "switch" or "rates" =>
            "links and switches are the peer's; nodes[].nic has what is a node's",
        _ => "",
    };
}
