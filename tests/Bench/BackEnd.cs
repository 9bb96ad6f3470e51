namespace Dilaton.Tests.Bench;

/// <summary>What times the memory of a run: the built-in model, or a peer.</summary>
/// <param name="Memory">Keys of the node's `memory`.</param>
/// <param name="Peer">The entry of `peers`, empty for none.</param>
/// <param name="Needs">A program of PATH, or a file, without which it is left out.</param>
internal sealed record BackEnd(string Title, string Memory, string Peer, string Needs)
{
    public static IReadOnlyList<BackEnd> All(BenchPaths paths)
    {
        string examples = Path.Combine(paths.Root, "docs", "examples");
        string own = Path.Combine(paths.Root, "artifacts", "cpp", "dilaton-peer");
        return
        [
            new("built-in: L1, L2, flat DRAM", "", "", ""),
            new(
                "dilaton-peer: flat DRAM behind our L1, L2",
                "peer: m, cut: hierarchy, ",
                $"{{name: m, kind: command, program: {own}, args: [--latency, 80ns, "
                    + "--bandwidth, 25.6GB/s], minLatency: 80ns}",
                own),
            new(
                "SST: L2 and memory behind our L1",
                "peer: m, cut: l1, ",
                $"{{name: m, kind: sst, config: {examples}/sst/l2.py}}",
                "sst"),
            new(
                "SST: all caches and DRAM",
                "peer: m, cut: none, ",
                $"{{name: m, kind: sst, config: {examples}/sst/whole.py}}",
                "sst"),
            new(
                "gem5: L1, L2 and DDR4",
                "peer: m, cut: none, ",
                $"{{name: m, kind: gem5, config: {examples}/gem5/caches.py, minLatency: 500ps}}",
                "gem5.opt"),
        ];
    }

    public bool IsThere() => Needs.Length == 0 || File.Exists(Needs)
        || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, Needs)));

    public string Job(string program, IReadOnlyList<string> arguments, string level)
    {
        string words = string.Join(", ", arguments.Select(a => $"'{a}'"));
        string peers = Peer.Length == 0 ? "" : $"peers: [{Peer}]";
        return string.Join('\n', [
            "apiVersion: dilaton/v1",
            "nodes:",
            "  - cores: {count: 1, frequency: 2GHz}",
            $"    memory: {{{Memory}size: 1GiB, preset: server, caches: {{l3: none}}}}",
            $"    guest: {{program: {{path: {program}, args: [{words}]}}}}",
            $"events: {{level: {level}}}",
            peers,
            "",
        ]);
    }
}
