using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Whether worker and peer fit: docs/protocol.md, section 2.2.</summary>
public static class Handshake
{
    /// <returns>What differs, a line each, such as <c>vcpus: the job has 4, the peer has 2</c>;
    /// none if all fits.</returns>
    public static IReadOnlyList<string> Check(Hello hello, HandshakeExpectations job)
    {
        ArgumentNullException.ThrowIfNull(hello);
        ArgumentNullException.ThrowIfNull(job);
        List<string> differences = [];
        if (hello.Version != ProtocolLimits.Version)
        {
            // What an unknown version's other fields mean, nobody knows.
            return [Difference("version", ProtocolLimits.Version, hello.Version)];
        }

        Require(hello.Peer == job.Peer, "peer", job.Peer, hello.Peer);
        Require(
            hello.TicksPerSecond == ProtocolLimits.TicksPerSecond, "ticks_per_second",
            ProtocolLimits.TicksPerSecond, hello.TicksPerSecond);
        Require(
            hello.LineSizeBytes == 0 || hello.LineSizeBytes == job.LineSizeBytes,
            "line_size_bytes", job.LineSizeBytes, hello.LineSizeBytes);
        Require(
            hello.Vcpus == 0 || hello.Vcpus >= (uint)job.VcpuCount, "vcpus", job.VcpuCount,
            hello.Vcpus);
        Require(
            hello.IssueSets.Contains(job.IssueSet), "issue_sets", job.IssueSet,
            List(hello.IssueSets));
        Require(
            hello.MinLatencyPs == 0 || hello.MinLatencyPs >= job.MinLatencyPs, "min_latency_ps",
            job.MinLatencyPs, hello.MinLatencyPs);
        foreach (string feature in job.Features)
        {
            Require(
                hello.Features.Contains(feature), "features", feature, List(hello.Features));
        }

        return differences;

        void Require(bool fits, string field, object ours, object theirs)
        {
            if (!fits)
            {
                differences.Add(Difference(field, ours, theirs));
            }
        }
    }

    private static string Difference(string field, object ours, object theirs) =>
        FormattableString.Invariant($"{field}: the job has {ours}, the peer has {theirs}");

    private static string List(IEnumerable<string> items)
    {
        string text = string.Join(", ", items);
        return text.Length == 0 ? "none" : text;
    }
}
