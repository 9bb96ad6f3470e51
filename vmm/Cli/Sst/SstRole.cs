using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Whether a configuration has our components for what its peer is in the job.</summary>
internal static class SstRole
{
    private const string Nic = "dilaton.Nic";
    private const string Vcpus = "dilaton.Vcpus";

    /// <param name="place">What messages begin with.</param>
    public static void Check(
        Job job, PeerJob peer, SstGraph graph, string place, DiagnosticBag bag)
    {
        string[] types = [.. graph.Parts().Select(part => part.Type)];
        int nics = types.Count(type => type == Nic);
        bool hasVcpus = types.Contains(Vcpus);
        if (nics > 0 && hasVcpus)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                $"{place}it has both {Nic} and {Vcpus}",
                "each lets time go on by its own partner's word: make it two peers");
            return;
        }

        bool isNetwork = peer.Name == job.Network?.Peer;
        if (isNetwork && nics != job.Nodes.Count)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{place}it has {nics} {Nic}, and the job has {job.Nodes.Count} nodes"),
                hasVcpus ? $"network.peer names a configuration with {Nic}" : "one for each node");
        }
        else if (!isNetwork && nics > 0)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                $"{place}it has {Nic} and is no network of the job",
                $"network: {{kind: peer, peer: {peer.Name}}}");
        }
    }
}
