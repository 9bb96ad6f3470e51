using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Whether a network, or a worker of nodes, fits a job: docs/protocol.md, section 8.1.
/// </summary>
public static class ClusterHandshake
{
    public const string NetworkFeature = "network";
    public const string NodesFeature = "nodes";
    public const string RingFeature = "ring";

    /// <returns>What differs, a line each; none if all fits.</returns>
    public static IReadOnlyList<string> CheckNetwork(Hello hello, string peer, int ports)
    {
        List<string> differences = CheckPeer(hello, peer, NetworkFeature);
        if (differences.Count == 0)
        {
            if (hello.Ports != 0 && hello.Ports < (uint)ports)
            {
                differences.Add(Difference("ports", ports, hello.Ports));
            }

            if (hello.LookaheadPs == 0)
            {
                differences.Add(Difference("lookahead_ps", "above 0", "0"));
            }
        }

        return differences;
    }

    /// <returns>What differs, a line each; none if all fits.</returns>
    public static IReadOnlyList<string> CheckNodes(
        Hello hello, string worker, int ports, IReadOnlyCollection<int> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        List<string> differences = CheckPeer(hello, worker, NodesFeature);
        if (differences.Count > 0)
        {
            return differences;
        }

        string theirs = string.Join(' ', hello.Nodes.Select(n => n.Id).Order());
        string ours = string.Join(' ', nodes.Order());
        if (theirs != ours)
        {
            differences.Add(Difference("nodes", ours, theirs.Length == 0 ? "none" : theirs));
        }

        if (hello.Nodes.SelectMany(n => n.Ports).Any(p => p >= ports))
        {
            differences.Add(Difference(
                "ports", ports, hello.Nodes.SelectMany(n => n.Ports).Max() + 1));
        }

        return differences;
    }

    private static List<string> CheckPeer(Hello hello, string peer, string feature)
    {
        ArgumentNullException.ThrowIfNull(hello);
        if (hello.Version != ProtocolLimits.Version)
        {
            // What an unknown version's other fields mean, nobody knows.
            return [Difference("version", ProtocolLimits.Version, hello.Version)];
        }

        List<string> differences = [];
        if (hello.Peer != peer)
        {
            differences.Add(Difference("peer", peer, hello.Peer));
        }

        if (hello.TicksPerSecond != ProtocolLimits.TicksPerSecond)
        {
            differences.Add(Difference(
                "ticks_per_second", ProtocolLimits.TicksPerSecond, hello.TicksPerSecond));
        }

        if (!hello.Features.Contains(feature))
        {
            differences.Add(Difference("features", feature, hello.Features.Count == 0
                ? "none"
                : string.Join(", ", hello.Features)));
        }

        return differences;
    }

    private static string Difference(string field, object ours, object theirs) =>
        FormattableString.Invariant($"{field}: the job has {ours}, the peer has {theirs}");
}
