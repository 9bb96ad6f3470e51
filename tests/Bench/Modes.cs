namespace Dilaton.Tests.Bench;

/// <summary>The columns of the table.</summary>
internal static class Modes
{
    public static IReadOnlyList<Mode> All(BenchPaths paths)
    {
        return
        [
            Own("off", "counting (`--events off`)", 1, 99, "--events", "off"),
            Own("filtered", "filtered, default machine", 0.25, 3, "--events", "filtered"),
            Own("null", "full, null sink", 0.25, 3, "--events", "full", "memory.caches.l1i=none",
                "memory.caches.l1d=none", "memory.caches.l2=none", "memory.caches.l3=none"),
            Own("full", "full, default machine", 0.1, 3, "--events", "full"),
            Own("sampled", "1 % sampled, functional warming", 0.25, 3, "--events", "sampled", Sampling("functional")),
            Own("sampled-ff", "1 % sampled, fast forward", 1, 3, "--events", "sampled", Sampling("detailed")),
            Peer("valgrind", "valgrind none", 0.1, 3, "/usr/bin/valgrind", "-q", "--tool=none"),
            Peer("qemu", "qemu-x86_64", 0.1, 3, "/usr/bin/qemu-x86_64", "-cpu", "max"),
            Peer("qemu-mem", "qemu-x86_64, memory plug-in", 0.05, 3, "/usr/bin/qemu-x86_64",
                "-cpu", "max", "-plugin", paths.Tool("qemu-memory.so")),
            Peer("lackey", "lackey, every access", 0.0025, 1, "/usr/bin/valgrind", "-q",
                "--tool=lackey", "--trace-mem=yes", "--log-file=/dev/null") with
            {
                Skips = new Dictionary<string, string>
                {
                    ["stream"] = "too slow", ["chase"] = "too slow", ["sieve"] = "too slow",
                    ["python"] = "too slow",
                },
            },
        ];

        // A window of 10000 instructions in a million, and as many before it to warm up.
        string Sampling(string warming) =>
            $"events.sampling={{period: 1000000, window: 10000, warmup: 10000, warming: {warming}}}";

        Mode Own(string name, string title, double share, int pairs, params string[] options) => new(
            name, title, share, pairs,
            (w, a) =>
            [
                paths.Dilaton, "run", "-q", "-o", Meter.FolderMark, .. options, "--",
                w.Program, .. a,
            ],
            paths.Dilaton);

        Mode Peer(string name, string title, double share, int pairs, params string[] prefix) => new(
            name, title, share, pairs, (w, a) => [.. prefix, w.Program, .. a], prefix[0]);
    }
}
