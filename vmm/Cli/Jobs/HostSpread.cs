namespace Dilaton.Cli;

/// <summary>Puts every node and peer of a job on a host.</summary>
internal static class HostSpread
{
    /// <summary>Nodes without a host are spread in blocks of neighbours of nearly the same size, in
    /// the order of the hosts; a peer goes where the node is that it serves, that of the network
    /// where the coordinator is, which is the first host. Without hosts nothing is changed.
    /// </summary>
    public static Job Apply(Job job)
    {
        if (job.Hosts.Count == 0)
        {
            return job;
        }

        int free = job.Nodes.Count(node => node.Host is null);
        int seen = 0;
        List<NodeJob> nodes = [];
        foreach (NodeJob node in job.Nodes)
        {
            nodes.Add(node.Host is not null
                ? node
                : node with { Host = job.Hosts[(int)((long)seen++ * job.Hosts.Count / free)].Name });
        }

        return job with
        {
            Nodes = nodes,
            Peers = [.. job.Peers.Select(peer => peer with { Host = peer.Host ?? HostOf(peer) })],
        };

        string HostOf(PeerJob peer) =>
            nodes.Find(node => PeersReader.Named(node.Memory).Any(n => n.Name == peer.Name))?.Host
                ?? job.Hosts[0].Name;
    }

    /// <summary>The number of a host of the job; 0, here, without hosts.</summary>
    public static int IndexOf(Job job, string? host)
    {
        int index = 0;
        while (index < job.Hosts.Count && job.Hosts[index].Name != host)
        {
            index++;
        }

        return index < job.Hosts.Count ? index : 0;
    }
}
