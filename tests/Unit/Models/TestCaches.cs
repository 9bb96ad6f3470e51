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

    public static TranslationOptions Tlbs => new()
    {
        Instructions = new TlbOptions { Entries = 2, Ways = 2 },
        Data = new TlbOptions { Entries = 2, Ways = 1 },
        Second = new TlbOptions { Entries = 4, Ways = 2 },
        SecondCycles = 7,
        WalkCacheEntries = 1,
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

    /// <summary>As <see cref="Any"/>, with any replacement and any way to write at each level.
    /// </summary>
    public static HierarchyOptions AnyPolicies(Random random)
    {
        HierarchyOptions options = Any(random);
        return options with
        {
            L1I = options.L1I is null ? null : AnyReplacement(random, options.L1I),
            L1D = AnyWrites(random, AnyReplacement(random, options.L1D)),
            L2 = options.L2 is null ? null : AnyWrites(random, AnyReplacement(random, options.L2)),
            L3 = options.L3 is null ? null : AnyWrites(random, AnyReplacement(random, options.L3)),
        };
    }

    /// <summary>As <see cref="AnyPolicies"/>, with prefetchers.</summary>
    public static HierarchyOptions AnyMachine(Random random)
    {
        HierarchyOptions options = AnyPolicies(random);
        bool mayL2 = options.L2 is { Ways: > 1 } && options.L2Sharing == CacheSharing.Private;
        return options with
        {
            L1D = options.L1D with
            {
                Prefetcher = options.L1D.Ways > 1 ? AnyPrefetcher(random) : null,
            },
            Translation = random.Next(4) == 0 ? Tlbs : null,
            L2 = mayL2 ? options.L2! with { Prefetcher = AnyPrefetcher(random) } : options.L2,
        };
    }

    private static PrefetcherOptions? AnyPrefetcher(Random random) => random.Next(4) == 0
        ? null
        : new PrefetcherOptions
        {
            Kind = (PrefetcherKind)random.Next(3),
            Degree = random.Next(1, 4),
            Distance = random.Next(1, 5),
        };

    private static CacheOptions AnyReplacement(Random random, CacheOptions cache)
    {
        ReplacementPolicy[] policies = Enum.GetValues<ReplacementPolicy>();
        ReplacementPolicy policy = policies[random.Next(policies.Length)];
        return policy == ReplacementPolicy.TreePlru && cache.Ways == 3
            ? Cache((int)cache.Sets, 4, cache.Latency.ToCycles(Clock)) with { Replacement = policy }
            : cache with { Replacement = policy };
    }

    private static CacheOptions AnyWrites(Random random, CacheOptions cache) => cache with
    {
        Writes = (WritePolicy)random.Next(2),
        WriteMisses = (WriteMissPolicy)random.Next(2),
    };

    private static CacheOptions AnyCache(Random random, uint cycles) =>
        Cache(1 << random.Next(3), random.Next(1, 5), cycles);
}
