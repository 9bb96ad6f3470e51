using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>The models of this project and their parameters. Defaults are read from
/// <see cref="MemoryPresets.Server"/>, ranges from the limits that the options check.</summary>
public static class ModelCatalogue
{
    private static readonly string s_lineRange =
        $"{CacheOptions.LineSizeBytesMin}B..{CacheOptions.LineSizeBytesMax}B, a power of two, "
        + "the same at every level";

    public static IReadOnlyList<ModelDescription> All { get; } =
    [
        Caches(), TlbDescription.Describe(), Dram(), BankedDramCatalogue.Describe(), NumaCatalogue.Describe(),
    ];

    public static IReadOnlyList<MemoryPreset> Presets => MemoryPresets.All;

    /// <summary>Name of an enum's value as jobs write it: <c>NonInclusive</c> is
    /// <c>non-inclusive</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        return string.Concat(name.Select((c, i) =>
            char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
    }

    /// <summary>Bandwidth as jobs write it, exact: "25.6GB/s".</summary>
    public static string FormatBandwidth(ulong bitsPerSecond)
    {
        (string Unit, ulong Scale)[] units =
            [("TB/s", 8_000_000_000_000), ("GB/s", 8_000_000_000), ("MB/s", 8_000_000)];
        foreach ((string unit, ulong scale) in units)
        {
            if (bitsPerSecond >= scale && bitsPerSecond % (scale / 1000) == 0)
            {
                decimal value = (decimal)bitsPerSecond / scale;
                return value.ToString("0.###", CultureInfo.InvariantCulture) + unit;
            }
        }

        return bitsPerSecond.ToString(CultureInfo.InvariantCulture) + "bps";
    }

    private static ModelDescription Caches()
    {
        HierarchyOptions options = MemoryPresets.Server.Caches;
        List<ModelParameter> parameters =
        [
            new("line_size", "size", Quantity.FormatSize((ulong)options.L1D.LineSizeBytes),
                s_lineRange, "bytes of a line at every level"),
        ];
        AddLevel(parameters, "l1i", options.L1I!, "instruction cache of a vCPU; may be absent");
        AddLevel(parameters, "l1d", options.L1D, "data cache of a vCPU");
        AddLevel(parameters, "l2", options.L2!, "second level; may be absent");
        parameters.Add(Words("l2.sharing", options.L2Sharing, "one L2 per vCPU, or one for all"));
        AddLevel(parameters, "l3", options.L3!, "third level, shared by all vCPUs; may be absent");
        parameters.Add(Words("inclusion", options.Inclusion,
            "whether an eviction takes the line out of the nearer levels as well"));
        parameters.Add(Words("writebacks", options.Writebacks,
            "whether a dirty eviction allocates in the next level and refreshes its order"));
        parameters.Add(Words("modifies", options.Modifies,
            "how a plain read-modify-write is counted"));
        parameters.Add(new("coherence", "cycles or time",
            options.Coherence?.ToString() ?? "latency of the nearest shared level",
            "above the L1 latency; required with several vCPUs and no shared level",
            "latency of an upgrade, and of a line that another vCPU supplies"));
        return new ModelDescription(
            "caches",
            "set-associative; LRU, tree-PLRU, RRIP or random; write-back or through, with or without "
                + "allocation; MESI under a full-map directory over the vCPUs; state exact, latency flat",
            "P. Sweazey, A. J. Smith, A Class of Compatible Cache Consistency Protocols (ISCA "
                + "1986) for MESI; L. M. Censier, P. Feautrier, A New Solution to Coherence "
                + "Problems in Multicache Systems (IEEE ToC C-27, 1978) for the full map; H. Al-Zoubi, "
                + "A. Milenkovic, M. Milenkovic, Performance Evaluation of Cache Replacement Policies "
                + "for the SPEC CPU2000 Benchmark Suite (ACM Southeast 2004) for tree-plru; A. Jaleel "
                + "et al., High Performance Cache Replacement Using Re-Reference Interval Prediction "
                + "(ISCA 2010) for srrip and brrip; A. J. Smith, Cache Memories (ACM Computing Surveys "
                + "14, 1982) for next-line; T.-F. Chen, J.-L. Baer, Effective Hardware-Based Data "
                + "Prefetching for High-Performance Processors (IEEE ToC 44, 1995) for stride; S. "
                + "Srinath et al., Feedback Directed Prefetching (HPCA 2007) for stream",
            parameters,
            [
                "no contention inside the hierarchy: a level answers after its latency",
                "a prefetcher sees no instruction addresses, its strides are of pages",
                "a vCPU's L1I does not watch its own stores",
            ]);
    }

    private static ModelDescription Dram()
    {
        FlatDramOptions options = MemoryPresets.Server.Dram;
        return new ModelDescription(
            "flat-dram",
            "one latency behind channels of finite bandwidth; requests in order, exact occupancy",
            "single-server queue with deterministic service: with Poisson arrivals M/D/1 "
                + "(A. K. Erlang, 1909)",
            [
                new("latency", "time", options.Latency.ToString(),
                    $"1ps..{FlatDramOptions.LatencyMax}",
                    "from a request to its answer on an idle channel"),
                new("bandwidth", "bandwidth", FormatBandwidth(options.BandwidthBitsPerSecond),
                    $"{FormatBandwidth(FlatDramOptions.BandwidthMin)}.."
                        + FormatBandwidth(FlatDramOptions.BandwidthMax),
                    "of all channels together"),
                new("channels", "", $"{options.Channels}", $"1..{FlatDramOptions.ChannelsMax}",
                    "consecutive lines go to consecutive channels"),
                new("line_size", "size", Quantity.FormatSize((ulong)options.LineSizeBytes),
                    s_lineRange, "bytes that a request moves"),
            ],
            ["no banks, rows or refresh", "reads and write-backs cost the same"]);
    }

    private static void AddLevel(
        List<ModelParameter> parameters, string name, CacheOptions options, string what)
    {
        parameters.Add(new($"{name}.size", "size", Quantity.FormatSize(options.SizeBytes),
            $"a power of two of sets, up to {Quantity.FormatSize(CacheOptions.SizeBytesMax)}",
            $"capacity: {what}"));
        parameters.Add(new($"{name}.ways", "", $"{options.Ways}", $"1..{CacheOptions.WaysMax}",
            "lines of a set"));
        parameters.Add(new($"{name}.latency", name == "l1d" ? "cycles" : "cycles or time",
            options.Latency.ToString(), "above that of the level before",
            "from the access to the answer if this level holds the line"));
        parameters.Add(Words($"{name}.replacement", options.Replacement,
            "which line of a full set makes room; tree-plru needs a power of two of ways"));
        if (name != "l1i")
        {
            parameters.Add(Words($"{name}.writes", options.Writes,
                "whether a write goes to the next level at once"));
            parameters.Add(Words($"{name}.writeMisses", options.WriteMisses,
                "whether a write of a line that is not held takes the line"));
        }

        if (name is "l1d" or "l2")
        {
            parameters.Add(new($"{name}.prefetcher", "", "none",
                $"none | {string.Join(" | ", Enum.GetValues<PrefetcherKind>().Select(Word))}",
                "what is brought before it is asked for; not of a shared l2"));
            parameters.Add(new($"{name}.prefetchDegree", "lines", "1, of stream 2",
                $"1..{PrefetcherOptions.DegreeMax}", "asked for at once at most"));
            parameters.Add(new($"{name}.prefetchDistance", "lines, or strides", "1, of stream 16",
                $"1..{PrefetcherOptions.DistanceMax}", "how far ahead of the access"));
        }
    }

    private static ModelParameter Words<T>(string name, T value, string what)
        where T : struct, Enum =>
        new(name, "", Word(value), string.Join(" | ", Enum.GetValues<T>().Select(Word)), what);
}
