namespace Dilaton.Cli;

/// <summary>What the peer must be that a job's network names.</summary>
internal static class NetworkPeerChecks
{
    public static void Run(JobNode root, Job job, DiagnosticBag bag)
    {
        if (job.Network is not { Kind: NetworkKind.Peer, Peer: { } name })
        {
            return;
        }

        JobNode at = At(root, "peer");
        if (job.Peers.FirstOrDefault(peer => peer.Name == name) is not { } peer)
        {
            string[] names = [.. job.Peers.Select(other => other.Name)];
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"network.peer: there is no peer '{name}'",
                names.Length == 0 ? "add it under peers:" : Spelling.Help(name, names));
            return;
        }

        CheckKind(peer, at, bag);
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            if (PeersReader.Named(job.Nodes[i].Memory).Any(named => named.Name == name))
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"network.peer: '{name}' times the memory of nodes[{i}] already",
                    "each lets time go on by its own partner's word: give the network a peer of "
                        + "its own");
                return;
            }
        }
    }

    private static void CheckKind(PeerJob peer, JobNode at, DiagnosticBag bag)
    {
        if (peer.Kind is PeerKind.Gem5 or PeerKind.Replay)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"network.peer: '{peer.Name}' is of kind "
                    + $"{JobChoices.Peer.WordOf(peer.Kind)}, which carries no frames",
                "kind: sst, command or manual");
        }

        if (peer.Record is not null)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"network.peer: '{peer.Name}' has a record, and a network can't be recorded",
                "leave record out; network.pcap: true writes the frames");
        }

        if (peer.MinLatency != PeerJob.MinLatencyStandard)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"network.peer: '{peer.Name}' has a minLatency, and a network says itself how "
                    + "soon a frame can arrive",
                "leave minLatency out");
        }
    }

    private static JobNode At(JobNode root, string key) =>
        (root as JobMap)?.Find("network")?.Value is JobMap network
            ? network.Find(key)?.Value ?? network
            : root;
}
