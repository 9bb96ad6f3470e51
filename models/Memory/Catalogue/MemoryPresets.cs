using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>The presets. <see cref="Server"/> is what every parameter defaults to.</summary>
public static class MemoryPresets
{
    private const int LineSizeBytes = 64;

    /// <summary>The default machine.</summary>
    public static MemoryPreset Server { get; } = new(
        "server",
        "a current server core: 512KiB of L2 each, 32MiB of shared L3, one DDR4-3200 channel",
        "caches: AMD, Software Optimization Guide for the AMD Family 19h Processors (56665), "
            + "\"Cache Line\", \"L1 Data Cache\", \"L2 Cache\", \"L3 Cache\" (4, 12 and 46 cycles "
            + "load-to-use); bandwidth: JEDEC JESD79-4, 3200 MT/s x 8 B; latency: usual idle "
            + "load-to-use beyond L3 of such a machine",
        new HierarchyOptions
        {
            L1I = Cache(32UL << 10, 8, 4),
            L1D = Cache(32UL << 10, 8, 4),
            L2 = Cache(512UL << 10, 8, 12),
            L2Sharing = CacheSharing.Private,
            L3 = Cache(32UL << 20, 16, 46),
            Inclusion = InclusionPolicy.NonInclusive,
            Writebacks = WritebackPolicy.Allocate,
            Modifies = ModifyCounting.LoadAndStore,
            Coherence = null,
        },
        new FlatDramOptions
        {
            Latency = VirtualDuration.FromNanoseconds(80),
            BandwidthBitsPerSecond = 25_600_000_000UL * 8,
            Channels = 1,
            LineSizeBytes = LineSizeBytes,
        });

    /// <summary>Two levels, for tests and quick looks.</summary>
    public static MemoryPreset Small { get; } = new(
        "small",
        "an embedded core: 16KiB L1, 256KiB of shared L2, one LPDDR4-3200 x16 channel",
        "sizes: ARM Cortex-A53 MPCore Technical Reference Manual (DDI 0500), \"About the L1 memory "
            + "system\", \"About the L2 memory system\", within the ranges it allows; bandwidth: "
            + "JEDEC JESD209-4, 3200 MT/s x 2 B; latencies: round figures",
        new HierarchyOptions
        {
            L1I = Cache(16UL << 10, 2, 3),
            L1D = Cache(16UL << 10, 4, 3),
            L2 = Cache(256UL << 10, 16, 15),
            L2Sharing = CacheSharing.Shared,
            L3 = null,
            Inclusion = InclusionPolicy.NonInclusive,
            Writebacks = WritebackPolicy.Allocate,
            Modifies = ModifyCounting.LoadAndStore,
            Coherence = null,
        },
        new FlatDramOptions
        {
            Latency = VirtualDuration.FromNanoseconds(120),
            BandwidthBitsPerSecond = 6_400_000_000UL * 8,
            Channels = 1,
            LineSizeBytes = LineSizeBytes,
        });

    /// <summary>Counts hits and misses as cachegrind does, so that the two can be compared to the
    /// last one.</summary>
    public static MemoryPreset Law9 { get; } = new(
        "law9",
        "cachegrind's machine: I1, D1 and LL (our shared L2), its counting, write-backs that touch "
            + "nothing",
        "Valgrind manual, \"Cachegrind: a cache and branch-prediction profiler\", \"Cache "
            + "Simulation Specifics\"; latencies, which cachegrind has none of, are server's",
        Server.Caches with
        {
            L2 = Cache(8UL << 20, 16, 46),
            L2Sharing = CacheSharing.Shared,
            L3 = null,
            Writebacks = WritebackPolicy.Silent,
            Modifies = ModifyCounting.Load,
        },
        Server.Dram);

    public static IReadOnlyList<MemoryPreset> All { get; } = [Server, Small, Law9];

    private static CacheOptions Cache(ulong sizeBytes, int ways, uint cycles) => new()
    {
        SizeBytes = sizeBytes,
        Ways = ways,
        LineSizeBytes = LineSizeBytes,
        Latency = CacheLatency.FromCycles(cycles),
    };
}
