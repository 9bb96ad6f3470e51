namespace Dilaton.Tests.Integration;

/// <summary>Jobs on several hosts, which are addresses of the loopback, or network stacks of their
/// own.</summary>
internal static class HostsJob
{
    /// <summary>Starts a part of the job as a child, which is what a remote shell does elsewhere.
    /// </summary>
    public const string Launch = "env {command}";

    /// <summary>Four nodes that add up their vectors in a ring, and say the sums.</summary>
    public static string Ring(string hosts = "") =>
        AllReduceJob.Text(AllReduceJob.Ring, words: 2000, repeats: 3) + "\n" + hosts;

    /// <summary>The first host, and others, by their addresses.</summary>
    public static string Hosts(string launch, params string[] addresses) => string.Concat(
        addresses.Select((address, i) => $"  - {{name: h{i}, address: {address}"
            + (i == 0 ? "" : $", launch: \"{launch}\"") + "}\n").Prepend("hosts:\n"));

    /// <summary>A node whose memory our stand-alone peer times.</summary>
    public static string Peer(
        string program, IEnumerable<string> arguments, string? node, string? peer, string hosts)
    {
        string text = PeerJob.Text(program, arguments);
        return node is null ? text : text
            .Replace("  - cores:", $"  - host: {node}\n    cores:", StringComparison.Ordinal)
            .Replace("    kind: command", $"    kind: command\n    host: {peer}", StringComparison.Ordinal)
            + hosts;
    }
}
