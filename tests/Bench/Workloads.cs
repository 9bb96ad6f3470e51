using System.Globalization;
using System.Text;

namespace Dilaton.Tests.Bench;

/// <summary>The programs of the table.</summary>
internal static class Workloads
{
    private const long TextBytes = 96L << 20;

    public static IReadOnlyList<Workload> All(BenchPaths paths)
    {
        string text = TextFile(paths);
        return
        [
            Own("stream", 130, n => ["4000000", Count(n)]),
            Own("stream", 1_100_000, n => ["1000", Count(n)], "stream-l1"),
            Own("chase", 12_000_000, n => [$"{32 << 20}", Count(n)]),
            Own("sieve", 22, n => ["20000000", Count(n)]),
            Own("matrix", 480, n => ["256", Count(n)]),
            Own("tree", 8_000, n => ["20000", Count(n)]),
            Own("dhrystone", 110_000_000, n => [Count(n)]),
            Own("sha256", 240, n => ["1048576", Count(n)]),
            Own("quicksort", 24, n => ["500000", Count(n)]),
            new Workload("gzip", "/bin/busybox", n => ["gzip", "-c", Part(text, n)], TextBytes),
            new Workload(
                "python",
                "/usr/bin/python3",
                n => ["-S", "-E", "-c", "d={}\nfor i in range(" + Count(n)
                    + "):\n d[i%1000]=d.get(i%1000,0)+i\nprint(sum(d.values()))"],
                9_000_000),
        ];

        Workload Own(
            string program,
            long units,
            Func<long, IReadOnlyList<string>> arguments,
            string? name = null) =>
            new(name ?? program, paths.Static(program), arguments, units);
    }

    // One more than the units of work: a program does no less than one.
    private static string Count(long units) =>
        (1 + units).ToString(CultureInfo.InvariantCulture);

    // Text that compresses about as well as source code: words by a fixed linear congruence.
    private static string TextFile(BenchPaths paths)
    {
        Directory.CreateDirectory(paths.Scratch);
        string path = Path.Combine(paths.Scratch, "text");
        if (!File.Exists(path) || new FileInfo(path).Length < TextBytes)
        {
            string[] words = ["time", "virtual", "stall", "miss", "load", "node", "the", "of", "=",
                "return", "if", "(x)", "{", "}", "0x1f", "event"];
            var line = new StringBuilder();
            using var file = new StreamWriter(path);
            ulong x = 1;
            for (long written = 0; written < TextBytes; written += line.Length)
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
    private static string Part(string path, long units)
    {
        long bytes = Math.Max(4096, units);
        if (bytes >= TextBytes)
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
