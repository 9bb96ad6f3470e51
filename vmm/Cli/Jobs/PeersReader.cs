using Dilaton.Core;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>Reads and checks `peers`, and who refers to them.</summary>
internal static class PeersReader
{
    /// <summary>All ranks are on one host.</summary>
    private const int RanksMax = 1024;

    public static List<PeerJob> Read(MapReader job, DiagnosticBag bag)
    {
        List<PeerJob> peers = [];
        foreach ((JobNode item, string path) in job.Items("peers"))
        {
            PeerJob peer = ReadPeer(MapReader.Open(item, item, path, bag), bag);
            if (peers.Exists(other => other.Name == peer.Name))
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    item,
                    $"{path}.name: '{peer.Name}' is the name of another peer already");
            }

            peers.Add(peer);
        }

        return peers;
    }

    /// <summary>Every node's peer exists, and every peer is some node's.</summary>
    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        JobNode at = (root as JobMap)?.Find("peers")?.Value ?? root;
        string[] names = [.. job.Peers.Select(peer => peer.Name)];
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            foreach ((string key, string name) in Named(job.Nodes[i].Memory))
            {
                if (!names.Contains(name))
                {
                    bag.Error(
                        DiagnosticCode.Inconsistent,
                        PeerOf(root, i),
                        $"nodes[{i}].memory.{key}: there is no peer '{name}'",
                        names.Length == 0 ? "add it under peers:" : Spelling.Help(name, names));
                }
            }
        }

        CheckOwners(root, job, bag);
        if (job.Peers.FirstOrDefault(
                peer => peer.Name == job.Network?.Peer && peer.Ranks > 1) is { } network)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"peers: '{network.Name}' is the job's network and has {network.Ranks} MPI ranks; all "
                    + "dilaton.Nic share one clock, so that one process has them",
                "leave ranks out");
        }

        foreach (PeerJob peer in job.Peers)
        {
            if (peer.Name != job.Network?.Peer
                && !job.Nodes.Any(node => Named(node.Memory).Any(n => n.Name == peer.Name)))
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"peers: nothing uses the peer '{peer.Name}'",
                    $"such as memory: {{peer: {peer.Name}}} in a node");
            }
        }

        FeedbackChecks.Check(root, job, bag);
        if (job.Nodes.Any(node => node.Memory.Peer is not null)
            && !job.Events.Level.HasRecords())
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"peers: with events.level {JobChoices.Level.WordOf(job.Events.Level)} there is nothing for "
                    + "a peer to time behind the cut",
                "set events.level to filtered or full");
        }
    }

    private static void CheckOwners(JobNode root, Job job, DiagnosticBag bag)
    {
        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            foreach ((string key, string name) in Named(node.Memory).DistinctBy(n => n.Name))
            {
                bool isFirst = owners.TryAdd(name, i);
                if (isFirst && node.Count == 1)
                {
                    continue;
                }

                string others = isFirst ? $"all {node.Count} nodes" : $"nodes[{owners[name]}] too";
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    PeerOf(root, i),
                    $"nodes[{i}].memory.{key}: '{name}' would time the memory of {others}; one peer "
                        + "process times one node's memory",
                    "give each node a peer of its own");
            }
        }
    }

    private static JobNode PeerOf(JobNode root, int node) =>
        (root as JobMap)?.Find("nodes")?.Value is JobList nodes && node < nodes.Items.Count
            ? (nodes.Items[node] as JobMap)?.Find("memory")?.Value is JobMap memory
                ? memory.Find("peer")?.Value ?? memory
                : nodes.Items[node]
            : root;

    /// <summary>The peers that a node names, and where.</summary>
    public static IEnumerable<(string Key, string Name)> Named(MemoryJob memory)
    {
        if (memory.Peer is { } peer)
        {
            yield return ("peer", peer);
        }

        for (int i = 0; i < memory.Windows.Count; i++)
        {
            if (memory.Windows[i].Peer is { } name)
            {
                yield return ($"windows[{i}].peer", name);
            }
        }
    }

    private static PeerJob ReadPeer(MapReader map, DiagnosticBag bag)
    {
        if (!map.Has("name"))
        {
            map.Missing("name");
        }

        if (!map.Has("kind"))
        {
            map.Missing("kind");
        }

        PeerJob peer = new()
        {
            Name = map.Name("name", "peer", "_-"),
            Kind = map.Word("kind", PeerKind.Command, JobChoices.Peer),
            Config = map.OptionalText("config"),
            Graph = PeerGraphReader.Read(map, bag),
            Program = map.OptionalText("program"),
            Args = map.TextList("args") ?? [],
            Ranks = (int)map.Integer("ranks", 1, 1, RanksMax),
            Record = map.OptionalText("record"),
            MinLatency = map.Value<VirtualDuration>(
                "minLatency", PeerJob.MinLatencyStandard, Quantity.TryParseDuration),
            Timeout = map.Value<VirtualDuration>(
                "timeout", VirtualDuration.FromMilliseconds(60_000), Quantity.TryParseDuration),
            Endpoint = map.OptionalText("endpoint"),
            Ring = map.Word("ring", RingChoice.Auto, JobChoices.Ring),
            Host = map.OptionalText("host"),
        };
        Check(map, peer);
        map.Done();
        return peer;
    }

    private static void Check(MapReader map, PeerJob peer)
    {
        bool hasConfig = peer.Kind is PeerKind.Sst or PeerKind.Gem5 or PeerKind.Replay;
        if (peer.Graph is not null && (peer.Kind != PeerKind.Sst || peer.Config is not null))
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "graph",
                peer.Kind == PeerKind.Sst
                    ? "the peer has a config already"
                    : "only peers of kind sst have one");
        }

        if (hasConfig && peer.Config is null && peer.Graph is null && map.Has("kind"))
        {
            map.Missing("config");
        }

        if (!hasConfig && peer.Config is not null)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "config", "only peers of kind sst, gem5 and replay have one");
        }

        if (peer.Kind == PeerKind.Command && peer.Program is null && map.Has("kind"))
        {
            map.Missing("program");
        }

        if (peer.Kind is PeerKind.Manual or PeerKind.Replay
            && (peer.Program is not null || peer.Args.Count > 0))
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "program",
                peer.Kind == PeerKind.Manual
                    ? "a manual peer is started by hand"
                    : "nothing is started for a replay");
        }

        if (peer.Ranks > 1 && peer.Kind != PeerKind.Sst)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "ranks",
                $"only peers of kind sst have MPI ranks, not {JobChoices.Peer.WordOf(peer.Kind)}",
                "leave it out");
        }

        CheckFigures(map, peer);
    }

    private static void CheckFigures(MapReader map, PeerJob peer)
    {
        if (peer.MinLatency.Picoseconds is 0 or > 1_000_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "minLatency",
                $"{peer.MinLatency} is out of range (1ps to 1ms)");
        }

        if (peer.Timeout.Picoseconds < 100_000_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange, "timeout", $"{peer.Timeout} is below 100ms");
        }

        if (peer.Endpoint is { } endpoint
            && !endpoint.StartsWith("ipc://", StringComparison.Ordinal)
            && !endpoint.StartsWith("tcp://127.0.0.1:", StringComparison.Ordinal)
            && !EndpointAddress.HasOpenPort(endpoint))
        {
            map.Error(
                DiagnosticCode.BadName,
                "endpoint",
                $"'{endpoint}' is neither ipc://PATH nor tcp://127.0.0.1:PORT",
                "traffic stays on this host");
        }
    }
}
