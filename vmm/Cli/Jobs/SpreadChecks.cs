namespace Dilaton.Cli;

/// <summary>What can't be done on another host than this one, or between two.</summary>
internal static class SpreadChecks
{
    /// <param name="job">Resolved: every node and peer has a host.</param>
    /// <param name="paths">For each node the key path of what it is from.</param>
    public static void Run(JobMap root, Job job, IReadOnlyList<string> paths, DiagnosticBag bag)
    {
        if (job.Hosts.Count == 0)
        {
            return;
        }

        JobNode at = root.Find("hosts")?.Value ?? root;
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            if (job.Nodes[i].Guest.Program.Stdin == "inherit"
                && HostSpread.IndexOf(job, job.Nodes[i].Host) != 0)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"{paths[i]}.guest.program.stdin: only a node of the first host "
                        + $"('{job.Hosts[0].Name}') can inherit standard input",
                    "give it a file, or none");
            }
        }

        foreach (PeerJob peer in job.Peers)
        {
            if (peer.Kind != PeerKind.Replay && PartnerOf(job, peer) != peer.Host
                && (peer.Kind == PeerKind.Manual || peer.Endpoint is not null))
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"peers: '{peer.Name}' is on host '{peer.Host}' and what it serves on "
                        + $"'{PartnerOf(job, peer)}': "
                        + (peer.Kind == PeerKind.Manual
                            ? "between hosts no peer can be started by hand"
                            : "an endpoint is for one host"),
                    peer.Kind == PeerKind.Manual ? "kind: command" : "leave endpoint out");
            }
        }
    }

    /// <summary>The host of who asks a peer.</summary>
    public static string PartnerOf(Job job, PeerJob peer) => peer.Name == job.Network?.Peer
        ? job.Hosts[0].Name
        : job.Nodes.First(
            node => PeersReader.Named(node.Memory).Any(n => n.Name == peer.Name)).Host!;
}
