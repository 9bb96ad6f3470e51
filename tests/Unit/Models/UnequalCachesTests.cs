using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>vCPUs whose own caches have different capacities: docs/models.md.</summary>
public sealed class UnequalCachesTests
{
    private static readonly VcpuId s_large = new(0);
    private static readonly VcpuId s_small = new(1);

    private readonly MissBuffer _misses = new();

    /// <summary>Two vCPUs; the second's L1D has one set of two ways where the first's has two, its L2 two where
    /// the first's has four.</summary>
    private static HierarchyOptions Options => TestCaches.Tiny with
    {
        Private =
        [
            new PrivateCaches(TestCaches.Tiny.L1I, TestCaches.Tiny.L1D, TestCaches.Tiny.L2),
            new PrivateCaches(TestCaches.Cache(1, 2, 4), TestCaches.Cache(1, 2, 4), TestCaches.Cache(2, 2, 14)),
        ],
    };

    [Fact]
    public void EachHasItsOwnCapacity()
    {
        CacheHierarchy caches = new("c", Options, TestCaches.Clocks(2));

        // Four lines fill the large L1D, and the small L2.
        Misses(caches, s_large, 4, 0).ShouldBe([42, 42, 42, 42]);
        Misses(caches, s_large, 4, 0).ShouldBeEmpty();
        Misses(caches, s_small, 4, 1 << 20).ShouldBe([42, 42, 42, 42]);
        Misses(caches, s_small, 4, 1 << 20).ShouldBe([14, 14, 14, 14]);

        // Eight fill the large L2, and nothing of the small vCPU's.
        Misses(caches, s_large, 8, 0);
        Misses(caches, s_large, 8, 0).ShouldBe([.. Enumerable.Repeat(14U, 8)]);
        Misses(caches, s_small, 8, 1 << 20);
        Misses(caches, s_small, 8, 1 << 20).ShouldBe([.. Enumerable.Repeat(42U, 8)]);
    }

    /// <summary>Behind a filter for both, made for the smaller of their caches, each sees what a vCPU of a node
    /// of its own kind sees.</summary>
    [Fact]
    public void AFilterForAll_HasTheGroupsOfTheSmallest()
    {
        Options.FilterGroups.ShouldBe(1);
        Options.FetchFilterGroups.ShouldBe(1);
        (Options with { Private = [] }).FilterGroups.ShouldBe(2);
        new CacheHierarchy("c", Options, TestCaches.Clocks(2)).FilterGroups.ShouldBe(1);
    }

    /// <summary>vCPUs that share no line see what each sees in a node of its own kind, and the counters are the
    /// same. L3 apart, which they share.</summary>
    [Fact]
    public void WhereNothingIsShared_EachIsAsInANodeOfItsKind()
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            HierarchyOptions large = TestCaches.AnyPolicies(random) with
            {
                L2Sharing = CacheSharing.Private,
                L3 = null,
            };
            HierarchyOptions small = large with
            {
                L1D = Other(random, large.L1D),
                L1I = large.L1I is null ? null : Other(random, large.L1I),
                L2 = large.L2 is null ? null : Other(random, large.L2),
            };
            HierarchyOptions both = large with
            {
                Private =
                [
                    new PrivateCaches(large.L1I, large.L1D, large.L2),
                    new PrivateCaches(small.L1I, small.L1D, small.L2),
                ],
            };
            CacheHierarchy node = new("c", both, TestCaches.Clocks(2));
            CacheHierarchy[] alone = [new("c", large, TestCaches.Clocks(2)), new("c", small, TestCaches.Clocks(2))];
            for (int i = 0; i < 300; i++)
            {
                int vcpu = random.Next(2);
                MemoryEventKind kind = (MemoryEventKind)random.Next(3);
                ulong address = ((ulong)vcpu << 20) + ((ulong)random.Next(24) * TestCaches.LineSizeBytes);
                Cycles(node, new VcpuId(vcpu), kind, address)
                    .ShouldBe(Cycles(alone[vcpu], new VcpuId(vcpu), kind, address), $"seed {seed}, access {i}");
            }
        }
    }

    [Fact]
    public void OtherDifferencesThanOfCapacity_AreRefused()
    {
        PrivateCaches same = Options.Private[0];
        PrivateCaches[] bad =
        [
            same with { L1D = TestCaches.Cache(2, 2, 5) },
            same with { L1I = null },
            same with { L2 = same.L2! with { Replacement = ReplacementPolicy.Random } },
            same with { L1D = same.L1D with { SizeBytes = 192 } },
        ];
        foreach (PrivateCaches own in bad)
        {
            Should.Throw<ConfigException>(
                () => (Options with { Private = [same, own] }).Validate("c", TestCaches.Clocks(2)));
        }

        Should.Throw<ConfigException>(() => Options.Validate("c", TestCaches.Clocks(3)));
        Should.Throw<ConfigException>(
            () => (Options with { L2Sharing = CacheSharing.Shared }).Validate("c", TestCaches.Clocks(2)));
        Should.NotThrow(() => Options.Validate("c", TestCaches.Clocks(2)));
    }

    private static CacheOptions Other(Random random, CacheOptions cache) => cache with
    {
        SizeBytes = (ulong)(cache.Ways * TestCaches.LineSizeBytes) << random.Next(4),
    };

    private uint[] Misses(CacheHierarchy caches, VcpuId vcpu, int lines, ulong from)
    {
        List<uint> cycles = [];
        for (int i = 0; i < lines; i++)
        {
            cycles.AddRange(Cycles(caches, vcpu, MemoryEventKind.Load, from + (ulong)(i * TestCaches.LineSizeBytes)));
        }

        return [.. cycles];
    }

    private uint[] Cycles(CacheHierarchy caches, VcpuId vcpu, MemoryEventKind kind, ulong address)
    {
        _misses.Clear();
        new AccessList(vcpu).Add(kind, address).Apply(caches, _misses);
        return [.. _misses.Misses.ToArray().Select(m => m.Cycles)];
    }
}
