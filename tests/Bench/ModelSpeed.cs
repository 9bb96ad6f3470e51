using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --models`: user CPU time of one access in the cache hierarchy of the
/// default machine, by access pattern; the best of five rounds.</summary>
internal static class ModelSpeed
{
    private const int Count = 1 << 16;

    /// <summary>So many accesses that no level holds their lines from one pass to the next.</summary>
    private const int ManyCount = 1 << 22;
    private const int Rounds = 5;
    private const double RoundSeconds = 0.3;

    private readonly record struct Pattern(
        string Name, int Vcpus, Func<Random, int, int, ulong> Address, int StoreShare,
        int Count = Count);

    private static readonly Pattern[] s_patterns =
    [
        new("one line, loads", 1, (_, _, _) => 64, 0),
        new("8 B stride in 16 KiB, 1/4 stores", 1, (_, _, i) => (ulong)(i * 8 % 16384), 4),
        new("random lines in 16 KiB, loads", 1, (r, _, _) => Line(r, 256), 0),
        new("random lines in 16 KiB, 1/4 stores", 1, (r, _, _) => Line(r, 256), 4),
        new("random lines in 256 KiB, 1/4 stores", 1, (r, _, _) => Line(r, 4096), 4),
        new("random lines in 4 MiB, 1/4 stores", 1, (r, _, _) => Line(r, 65536), 4),
        new("random lines in 256 MiB, 1/4 stores", 1, (r, _, _) => Line(r, 1 << 22), 4,
            ManyCount),
        new("3 arrays of 21 MiB, 16 B, 1/3 stores", 1,
            (_, _, i) => ((ulong)(i % 3) << 28) + (ulong)(i / 3 * 16), 3,
            ManyCount),
        new("4 vCPUs share 16 KiB, 1/4 stores", 4, (r, _, _) => Line(r, 256), 4),
        new("4 vCPUs, 4 MiB each, 1/4 stores", 4,
            (r, v, _) => ((ulong)v << 24) + Line(r, 65536), 4),
    ];

    public static void Run(TextWriter output)
    {
        output.WriteLine("pattern                                  ns/access   M/s  misses");
        foreach (Pattern pattern in s_patterns)
        {
            (double seconds, double misses) = Measure(pattern);
            output.WriteLine($"{pattern.Name,-40} {seconds * 1e9,9:F2} {1e-6 / seconds,5:F0} "
                + $"{misses * 100,6:F1}%");
        }
    }

    private static ulong Line(Random random, int lines) => (ulong)random.Next(lines) * 64;

    private static (double Seconds, double Misses) Measure(Pattern pattern)
    {
        Random random = new(1);
        Frequency[] clocks = [.. Enumerable.Repeat(new Frequency(3_000_000_000), pattern.Vcpus)];
        CacheHierarchy caches = new("memory", MemoryPresets.Server.Caches, clocks);
        ulong[][] addresses = [.. Enumerable.Range(0, pattern.Vcpus).Select(v =>
            Enumerable.Range(0, pattern.Count).Select(i => pattern.Address(random, v, i)).ToArray())];
        MemoryEventKind[] kinds = [.. Enumerable.Range(0, pattern.Count).Select(_ =>
            pattern.StoreShare > 0 && random.Next(pattern.StoreShare) == 0
                ? MemoryEventKind.Store : MemoryEventKind.Load)];
        byte[] sizes = [.. Enumerable.Repeat((byte)8, pattern.Count)];
        uint[] offsets = new uint[pattern.Count];
        MissBuffer buffer = new();

        long Pass()
        {
            long misses = 0;
            for (int v = 0; v < pattern.Vcpus; v++)
            {
                buffer.Clear();
                MemoryEventBlock block = new()
                {
                    Vcpu = new VcpuId(v),
                    Addresses = addresses[v],
                    Sizes = sizes,
                    Kinds = kinds,
                    Offsets = offsets,
                    Suppressed = default,
                };
                caches.Access(block, buffer);
                misses += buffer.Misses.Length;
                caches.TakeDroppedLines(new VcpuId(v));
            }

            return misses;
        }

        double best = double.MaxValue;
        long missed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            double begin = UserSeconds();
            int passes = 0;
            do
            {
                missed = Pass();
                passes++;
            }
            while (UserSeconds() - begin < RoundSeconds);
            double each = (UserSeconds() - begin) / passes / pattern.Count / pattern.Vcpus;
            best = Math.Min(best, each);
        }

        return (best, (double)missed / pattern.Count / pattern.Vcpus);
    }

    private static double UserSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.UserProcessorTime.TotalSeconds;
    }
}
