using System.Globalization;
using System.Numerics;
using System.Text;

namespace Dilaton.Cli;

/// <summary>A machine as `--machine` takes it, fitted to a host.</summary>
internal sealed record FittedMachine
{
    private const int LineBytes = 64;
    private const int CpiParts = 1000;
    private const int WidthMax = 16;
    private const int CachesMax = 3;
    private const int PrefetchMax = 63;
    private const int PrefetchDegree = 4;

    /// <summary>A stream that takes less than this part of what its misses at once would is prefetched.</summary>
    private const double Prefetched = 0.8;

    public required CoreModelKind Kind { get; init; }

    public required double Gigahertz { get; init; }

    public required int Width { get; init; }

    /// <summary>Cycles an instruction, before any stall.</summary>
    public required double Cpi { get; init; }

    /// <summary>Misses under way at once.</summary>
    public required int Mshrs { get; init; }

    /// <summary>Lines that a stream is fetched ahead, to L2 (or the only cache); 0: not, or out of order.</summary>
    public required int Prefetch { get; init; }

    /// <summary>The caches, one to three, L1 first.</summary>
    public required IReadOnlyList<FittedLevel> Caches { get; init; }

    /// <summary>Of a load from memory.</summary>
    public required double MemoryNanoseconds { get; init; }

    /// <summary>Bytes a nanosecond.</summary>
    public required double Bandwidth { get; init; }

    /// <summary>What no CPI can be below.</summary>
    public double LeastCpi => 1.0 / (Kind == CoreModelKind.Interval ? Width : WidthMax);

    /// <summary>All but the CPI, which programs give.</summary>
    /// <exception cref="InvalidOperationException">The measurements make no machine.</exception>
    public static FittedMachine Of(HostSamples samples, CoreModelKind kind)
    {
        double gigahertz = CoreFit.Gigahertz(samples.Additions);
        IReadOnlyList<FittedLevel> levels = CoreFit.Staircase(samples.Chases, CachesMax + 1);
        if (!(gigahertz is > 0.01 and < 100) || levels.Count < 2)
        {
            throw new InvalidOperationException(
                "the measurements show no processor: a chain of additions does not grow by one cycle each, or a "
                    + "pointer chase has no caches");
        }

        int width = (int)Math.Clamp(Math.Round(1 / (samples.FreeInstruction * gigahertz)), 1, WidthMax);
        int mshrs = CoreFit.Overlap(samples.Overlaps);
        double memory = levels[^1].Nanoseconds;

        // The out-of-order core takes no prefetcher.
        bool isPrefetched =
            kind == CoreModelKind.Inorder && samples.StreamLine < Prefetched * memory / mshrs;
        return new FittedMachine
        {
            Kind = kind,
            Gigahertz = gigahertz,
            Width = width,
            Cpi = 1,
            Mshrs = mshrs,
            Prefetch = isPrefetched ? (int)Math.Min(PrefetchMax, Math.Ceiling(memory / samples.StreamLine)) : 0,
            Caches = [.. levels.SkipLast(1)],
            MemoryNanoseconds = memory,
            Bandwidth = LineBytes / samples.StreamLine,
        };
    }

    /// <summary>The keys of a node, as lines of a job file or of a machine file.</summary>
    /// <param name="indent">Before each line.</param>
    public string Yaml(string indent)
    {
        string[] names = ["l1d", "l2", "l3"];
        StringBuilder text = new();
        Line("cores:");
        Line($"  frequency: {(long)Math.Round(Gigahertz * 1e9)}Hz");
        Line($"  model: {Model()}");
        Line("memory:");
        Line("  caches:");
        Line($"    l1i: {Cache(0, isFetch: true)}");
        for (int i = 0; i < names.Length; i++)
        {
            Line($"    {names[i]}: {(i < Caches.Count ? Cache(i) : "none")}");
        }

        double behind = Math.Max(1, MemoryNanoseconds - Caches[^1].Nanoseconds);
        Line($"  dram: {{latency: {(long)Math.Round(behind * 1000)}ps, "
            + $"bandwidth: {(long)Math.Max(1, Math.Round(Bandwidth * 1000))}MB/s}}");
        return text.ToString();

        void Line(string line) => text.Append(CultureInfo.InvariantCulture, $"{indent}{line}\n");
    }

    /// <summary>Cycles of a hit, more than those of the level before.</summary>
    public int Cycles(int cache)
    {
        int cycles = Math.Max(1, (int)Math.Round(Caches[cache].Nanoseconds * Gigahertz));
        return cache == 0 ? cycles : Math.Max(cycles, Cycles(cache - 1) + 1);
    }

    private string Model()
    {
        int parts = (int)Math.Ceiling(Math.Max(Cpi, LeastCpi) * CpiParts);
        string cpi = string.Create(CultureInfo.InvariantCulture, $"cpi: {parts}/{CpiParts}");
        return Kind == CoreModelKind.Interval
            ? string.Create(
                CultureInfo.InvariantCulture, $"{{kind: interval, {cpi}, width: {Width}, mshrs: {Mshrs}}}")
            : $"{{kind: inorder, {cpi}}}";
    }

    /// <summary>Sets are a power of two: rings of 2^k lines have 8 ways (the last of three levels 16), of 3 x 2^k
    /// lines 12.</summary>
    private string Cache(int index, bool isFetch = false)
    {
        long bytes = (long)Caches[index].Bytes;
        int ways = !BitOperations.IsPow2(bytes) ? 12 : index == CachesMax - 1 ? 16 : 8;
        string prefetcher = Prefetch > 0 && !isFetch && index == Math.Min(1, Caches.Count - 1)
            ? $", prefetcher: stream, prefetchDegree: {PrefetchDegree}, prefetchDistance: {Prefetch}"
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{size: {bytes >> 10}KiB, ways: {ways}, latency: {Cycles(index)}cycles{prefetcher}}}");
    }
}
