using System.Globalization;
using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>Four real nodes that add up their vectors in a ring.</summary>
internal static class AllReduceJob
{
    public const int Nodes = 4;

    /// <summary>Of one all-reduce: blocks go round to be added up, and the sums go round.</summary>
    public const int Steps = 2 * (Nodes - 1);

    /// <summary>Of <see cref="Ring"/>: three links of 5 us and 14 B, two switches.</summary>
    public const ulong LookaheadPs = (3 * (5_000_000 + 11_200)) + (2 * 500_000);

    public const string Ring =
        "network: {kind: ring, link: {bandwidth: 10Gbps, latency: 5us, mtu: 9000B}, "
            + "switch: {latency: 500ns}}";

    public static string Text(string network, int words, int repeats) => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - name: n
            count: {{{Nodes}}}
            memory: {size: 32MiB, preset: small}
            guest: {program: {path: {{{Paths.Guest("allreduce", "dynamic")}}}, args: ['{{{words}}}', '{{{repeats}}}', n0, n1, n2, n3]}}
        {{{network}}}
        """;

    /// <summary>Everything that must be the same for the same job, of all nodes.</summary>
    public static string Bytes(Run run)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        IEnumerable<string> files = run.Files.Keys
            .Where(file => file.StartsWith("stats.", StringComparison.Ordinal)
                || file.StartsWith("procs/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        IEnumerable<string> logs = run.Result["nodes"]!.AsArray()
            .Select(node => node!["eventLogHash"]!.ToString());
        string bytes = string.Join(
            '\n', files.Select(file => $"{file}\n{run.Files[file]}").Concat(logs));
        bytes.ShouldContain("procs/n3/stdout.txt");
        return bytes;
    }

    /// <returns>Nanoseconds of an all-reduce, as each node measured it; all answers are right.
    /// </returns>
    public static double[] Times(Run run)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        return [.. Enumerable.Range(0, Nodes).Select(node =>
        {
            string[] said = run.Files[$"procs/n{node}/stdout.txt"].TrimEnd().Split(' ');
            said[^1].ShouldBe("right");
            return double.Parse(said[^3], CultureInfo.InvariantCulture);
        })];
    }
}
