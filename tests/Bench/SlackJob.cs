using System.Globalization;

namespace Dilaton.Tests.Bench;

/// <summary>A job that does little but talk.</summary>
/// <param name="LookaheadPs">The least time that a frame takes from any node to any other.</param>
/// <param name="Teller">The node that prints the time.</param>
/// <param name="Completion">That time in nanoseconds, from what it prints.</param>
internal sealed record SlackJob(
    string Name,
    string Body,
    ulong LookaheadPs,
    string Teller,
    Func<string, double> Completion)
{
    private const int RingNodes = 4;

    /// <summary>Settings of S, as multiples of the lookahead; 0 is strict, null is free.</summary>
    public static IReadOnlyList<(string Title, int? Times)> Factors { get; } =
        [("strict", 0), ("L", 1), ("4 L", 4), ("16 L", 16), ("free", null)];

    public static IReadOnlyList<SlackJob> All(BenchPaths paths) =>
    [
        // Three links of 5 us and 14 B, two switches.
        new(
            "ring all-reduce, 4 nodes, 32 kB",
            $$$"""
              - name: n
                count: {{{RingNodes}}}
                memory: {size: 32MiB}
                guest: {program: {path: {{{paths.Static("allreduce")}}}, args: ['2000', '200', n0, n1, n2, n3]}}
            network: {kind: ring, link: {bandwidth: 10Gbps, latency: 5us, mtu: 9000B}, switch: {latency: 500ns}}
            """,
            (3 * (5_000_000 + 11_200)) + (2 * 500_000), "n0",
            said => Number(said.Split(' ')[^3])),

        // Two links of 2 us and 14 B, one switch.
        new(
            "TCP, 2 nodes, 4 MB",
            $$$"""
              - name: server
                memory: {size: 64MiB}
                guest: {program: {path: {{{paths.Static("talk")}}}, args: [serve, '50']}}
              - name: client
                memory: {size: 64MiB}
                guest: {program: {path: {{{paths.Static("talk")}}}, args: [call, server, '50', '4000000']}}
            network: {kind: star, link: {bandwidth: 10Gbps, latency: 2us}, switch: {latency: 500ns}}
            """,
            (2 * (2_000_000 + 11_200)) + 500_000, "client",
            said => Number(said.Split('\n')[1].Split(' ')[3])),
    ];

    public string Text(int? times)
    {
        string sync = times switch
        {
            null => "{mode: free}",
            0 => "{mode: strict}",
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{{mode: slack, slack: {LookaheadPs * (ulong)times}ps}}"),
        };
        return $"apiVersion: dilaton/v1\nname: slack\nnodes:\n{Body}\nsync: {sync}\n";
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
