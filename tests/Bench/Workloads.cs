using System.Globalization;
using System.Text;

namespace Dilaton.Tests.Bench;

/// <summary>The programs of the table.</summary>
internal static class Workloads
{
    public static IReadOnlyList<Workload> All(BenchPaths paths)
    {
        string text = TextFile(paths);
        return
        [
            Own("stream", s => ["4000000", Count(130, s)]),
            Own("stream", s => ["1000", Count(1_100_000, s)], "stream-l1"),
            Own("chase", s => [$"{32 << 20}", Count(12_000_000, s)]),
            Own("sieve", s => ["20000000", Count(22, s)]),
            Own("matrix", s => ["256", Count(480, s)]),
            Own("tree", s => ["20000", Count(8_000, s)]),
            Own("dhrystone", s => [Count(110_000_000, s)]),
            Own("sha256", s => ["1048576", Count(240, s)]),
            Own("quicksort", s => ["500000", Count(24, s)]),
            new Workload("gzip", "/bin/busybox", s => ["gzip", "-c", Part(text, s)]),
            new Workload("python", "/usr/bin/python3", s =>
                ["-S", "-E", "-c", "d={}\nfor i in range(" + Count(9_000_000, s)
                    + "):\n d[i%1000]=d.get(i%1000,0)+i\nprint(sum(d.values()))"]),
        ];

        Workload Own(
            string program, Func<double, IReadOnlyList<string>> arguments, string? name = null) =>
            new(name ?? program, paths.Static(program), arguments);
    }

    private static string Count(double full, double share) =>
        Math.Max(1, Math.Round(full * share)).ToString(CultureInfo.InvariantCulture);

    // Text that compresses about as well as source code: words by a fixed linear congruence.
    private static string TextFile(BenchPaths paths)
    {
        Directory.CreateDirectory(paths.Scratch);
        string path = Path.Combine(paths.Scratch, "text");
        const long Size = 96L << 20;
        if (!File.Exists(path) || new FileInfo(path).Length < Size)
        {
            string[] words = ["time", "virtual", "stall", "miss", "load", "node", "the", "of", "=",
                "return", "if", "(x)", "{", "}", "0x1f", "event"];
            var line = new StringBuilder();
            using var file = new StreamWriter(path);
            ulong x = 1;
            for (long written = 0; written < Size; written += line.Length)
            {
                line.Clear();
                for (int i = 0; i < 12; i++)
                {
                    x = x * 6364136223846793005 + 1442695040888963407;
                    line.Append(words[x >> 60]).Append((x >> 40) % 7 == 0 ? (x >> 44) % 1000 : ' ');
                }

                file.Write(line.Append('\n'));
            }
        }

        return path;
    }

    // busybox has no way to stop early, so a share of the text is a file of its own.
    private static string Part(string path, double share)
    {
        long bytes = (long)Math.Max(4096, new FileInfo(path).Length * share);
        if (share >= 1)
        {
            return path;
        }

        string part = $"{path}-{bytes}";
        if (!File.Exists(part))
        {
            using FileStream from = File.OpenRead(path), to = File.Create(part);
            byte[] buffer = new byte[1 << 16];
            for (long left = bytes; left > 0;)
            {
                int got = from.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
                to.Write(buffer, 0, got);
                left -= got;
            }
        }

        return part;
    }
}
