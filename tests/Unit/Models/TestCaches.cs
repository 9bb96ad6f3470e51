using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Small geometries.</summary>
internal static class TestCaches
{
    public const int LineSizeBytes = 64;

    public static Frequency Clock => new(1_000_000_000);

    public static Frequency[] Clocks(int vcpus) => [.. Enumerable.Repeat(Clock, vcpus)];

    public static CacheOptions Cache(int sets, int ways, uint cycles) => new()
    {
        SizeBytes = (ulong)(sets * ways * LineSizeBytes),
        Ways = ways,
        LineSizeBytes = LineSizeBytes,
        Latency = CacheLatency.FromCycles(cycles),
    };

    public static HierarchyOptions Tiny => new()
    {
        L1I = Cache(2, 2, 4),
        L1D = Cache(2, 2, 4),
        L2 = Cache(4, 2, 14),
        L2Sharing = CacheSharing.Private,
        L3 = Cache(8, 4, 42),
        Inclusion = InclusionPolicy.NonInclusive,
        Writebacks = WritebackPolicy.Allocate,
        Modifies = ModifyCounting.LoadAndStore,
        Coherence = CacheLatency.FromCycles(50),
    };

    /// <summary>Any of the shapes that options allow, with few sets and ways.</summary>
    public static HierarchyOptions Any(Random random) => new()
    {
        L1I = random.Next(4) == 0 ? null : AnyCache(random, 4),
        L1D = AnyCache(random, 4),
        L2 = random.Next(4) == 0 ? null : AnyCache(random, 14),
        L2Sharing = random.Next(2) == 0 ? CacheSharing.Private : CacheSharing.Shared,
        L3 = random.Next(3) == 0 ? null : AnyCache(random, 42),
        Inclusion = (InclusionPolicy)random.Next(2),
        Writebacks = (WritebackPolicy)random.Next(2),
        Modifies = (ModifyCounting)random.Next(2),
        Coherence = CacheLatency.FromCycles(50),
    };

    private static CacheOptions AnyCache(Random random, uint cycles) =>
        Cache(1 << random.Next(3), random.Next(1, 5), cycles);
}
