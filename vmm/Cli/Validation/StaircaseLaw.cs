using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Law 2 on a program that chases pointers through the default machine: half of each
/// cache's size takes its latency, twice the size the next one's.</summary>
internal static class StaircaseLaw
{
    private const string Keys = "kernel: ideal";

    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        Job job = bench.Run([Node(LawGuests.Count(1))], Keys).Job;
        Frequency clock = job.Nodes[0].Cores.Frequency;
        HierarchyOptions caches = JobMapping.Hierarchy(job.Nodes[0].Memory);
        CacheOptions[] levels =
            [.. new[] { caches.L1D, caches.L2, caches.L3 }.OfType<CacheOptions>()];
        ulong last = levels[^1].Latency.ToCycles(clock)
            + clock.CyclesCovering(job.Nodes[0].Memory.Dram.Latency);
        for (int i = 0; i < levels.Length; i++)
        {
            if (bench.IsQuick && i == 2)
            {
                yield return LawCheck.Skip("L3 and memory", "takes seconds: not in --quick");
                yield break;
            }

            ulong here = levels[i].Latency.ToCycles(clock);
            ulong next = i + 1 < levels.Length ? levels[i + 1].Latency.ToCycles(clock) : last;
            yield return Check(bench, clock, levels[i].SizeBytes / 2, here);
            yield return Check(bench, clock, levels[i].SizeBytes * 2, next);
        }
    }

    private static LawCheck Check(LawBench bench, Frequency clock, ulong bytes, ulong expected)
    {
        // Twice round, until each line is where it stays; then what two rounds more take.
        ulong steps = 2 * (bytes / LawGuests.LineBytes);
        ulong more = Time(bench, bytes, 2 * steps) - Time(bench, bytes, steps);
        double cycles = (double)more * clock.Hertz / 1e12 / steps;

        // Of a load's latency one cycle is its instruction's own.
        return LawCheck.Exact(
            $"a load in a chase through {Quantity.FormatSize(bytes)}", "cycles",
            Math.Round(cycles - LawGuests.ChaseInstructions + 1, 9), expected);
    }

    private static ulong Time(LawBench bench, ulong bytes, ulong steps) =>
        bench.Run([Node(LawGuests.Chase(bytes, steps))], Keys).TimePs;

    private static LawNode Node(byte[] image) =>
        new("chase", image, "memory: {addressing: identity}");
}
