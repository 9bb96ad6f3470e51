namespace Dilaton.Tests.Integration;

/// <summary>Jobs whose memory is timed by our own stand-alone peer.</summary>
internal static class PeerJob
{
    /// <summary>The built-in flat DRAM's values, so that both must agree.</summary>
    private const string Model = "--latency, 80ns, --bandwidth, 25.6GB/s, --channels, '1'";

    public static string Program =>
        Path.Combine(Paths.Root, "artifacts", "cpp", "dilaton-peer");

    /// <param name="options">Further arguments of the peer, comma-separated.</param>
    /// <param name="cut">Null: the same machine without a peer.</param>
    public static string Text(
        string program,
        IEnumerable<string> arguments,
        string? cut = "hierarchy",
        int cores = 1,
        string options = "",
        string level = "filtered",
        string timeout = "60s")
    {
        string more = options.Length == 0 ? "" : $", {options}";
        string memory = cut is null ? "" : $"peer: mem, cut: {cut}, ";
        string peers = cut is null ? "" : $$"""
            peers:
              - name: mem
                kind: command
                program: {{Program}}
                args: [{{Model}}{{more}}]
                minLatency: 80ns
                timeout: {{timeout}}
            """;
        return $$"""
            apiVersion: dilaton/v1
            nodes:
              - cores: {count: {{cores}}}
                memory: { {{memory}}preset: server}
                guest:
                  program: {path: {{program}}, args: [{{string.Join(", ", arguments.Select(a => $"'{a}'"))}}]}
            events: {level: {{level}}}
            {{peers}}

            """;
    }

    /// <summary>The job with a recording in place of its peer.</summary>
    public static string Replay(string job, string file)
    {
        IEnumerable<string> lines = job.Split('\n').Where(line =>
            !line.TrimStart().StartsWith("program: /", StringComparison.Ordinal)
            && !line.TrimStart().StartsWith("args: [--", StringComparison.Ordinal));
        return string.Join('\n', lines).Replace(
            "kind: command", $"kind: replay\n    config: {file}", StringComparison.Ordinal);
    }
}
