using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class PrefetcherTests
{
    private const ulong Line = TestCaches.LineSizeBytes;
    private const ulong Page = GuestPage.SizeBytes;
    private static readonly VcpuId s_vcpu = new(0);

    private readonly MissBuffer _misses = new();

    [Fact]
    public void NextLine_WantsTheLinesThatFollow_WithinThePage()
    {
        Prefetcher prefetcher = Make(PrefetcherKind.NextLine, 3, 2);
        Wanted(prefetcher, 10).ShouldBe([12, 13, 14]);
        Wanted(prefetcher, 60).ShouldBe([62, 63]);
        Wanted(prefetcher, 63).ShouldBeEmpty();
    }

    [Fact]
    public void Stride_WantsMultiplesOfAStepSeenTwice_AndForgetsSlowly()
    {
        Prefetcher prefetcher = Make(PrefetcherKind.Stride, 2, 1);
        Wanted(prefetcher, 0).ShouldBeEmpty();
        Wanted(prefetcher, 3).ShouldBeEmpty();
        Wanted(prefetcher, 6).ShouldBe([9, 12]);
        Wanted(prefetcher, 9).ShouldBe([12, 15]);

        // One step of another width takes from a confidence of 3; a second one stops it.
        Wanted(prefetcher, 20).ShouldBe([23, 26]);
        Wanted(prefetcher, 30).ShouldBeEmpty();
        Wanted(prefetcher, 62).ShouldBeEmpty();

        // Backward, and not out of the page.
        Wanted(prefetcher, 60).ShouldBeEmpty();
        Wanted(prefetcher, 58).ShouldBe([56, 54]);
        Wanted(prefetcher, 1).ShouldBeEmpty();
    }

    [Fact]
    public void Stride_KeepsPagesApart()
    {
        Prefetcher prefetcher = Make(PrefetcherKind.Stride, 1, 4);
        for (ulong i = 0; i < 2; i++)
        {
            Wanted(prefetcher, i).ShouldBeEmpty();
            Wanted(prefetcher, 64 + (2 * i)).ShouldBeEmpty();
        }

        Wanted(prefetcher, 2).ShouldBe([6]);
        Wanted(prefetcher, 68).ShouldBe([76]);
    }

    [Fact]
    public void ThePageUsedLastLongestAgo_IsForgotten()
    {
        Prefetcher prefetcher = Make(PrefetcherKind.Stride, 1, 1);
        for (ulong page = 0; page <= PageTable.Entries; page++)
        {
            for (ulong i = 0; i < 2; i++)
            {
                Wanted(prefetcher, (page * 64) + i).ShouldBeEmpty();
            }
        }

        Wanted(prefetcher, 2).ShouldBeEmpty();
        Wanted(prefetcher, (PageTable.Entries * 64) + 2).ShouldBe([(PageTable.Entries * 64) + 3]);
    }

    [Fact]
    public void Stream_RunsAheadByItsDegree_AndNoFurtherThanItsDistance()
    {
        Prefetcher prefetcher = Make(PrefetcherKind.Stream, 2, 4);
        Wanted(prefetcher, 10).ShouldBeEmpty();
        Wanted(prefetcher, 11).ShouldBeEmpty();
        Wanted(prefetcher, 12).ShouldBe([13, 14]);
        Wanted(prefetcher, 13).ShouldBe([15, 16]);
        Wanted(prefetcher, 14).ShouldBe([17, 18]);
        Wanted(prefetcher, 15).ShouldBe([19]);

        // Past what was asked for, it goes on from the access.
        Wanted(prefetcher, 30).ShouldBe([31, 32]);

        // Too far is no part of the stream; the other direction begins again.
        Wanted(prefetcher, 60).ShouldBeEmpty();
        Wanted(prefetcher, 29).ShouldBeEmpty();
        Wanted(prefetcher, 28).ShouldBe([27, 26]);
    }

    [Fact]
    public void TheFirstUse_IsTold_Once_AndCausesTheNextPrefetch()
    {
        CacheHierarchy caches = Machine(PrefetcherKind.NextLine, 1, 1);
        Access(caches, MemoryEventKind.Load, 0)
            .ShouldBe([(1UL, MemoryEventKind.Prefetch, 43U, false), (0, MemoryEventKind.Load, 42, false)]);
        Access(caches, MemoryEventKind.Load, 1)
            .ShouldBe([(2UL, MemoryEventKind.Prefetch, 43U, false), (1, MemoryEventKind.Load, 4, true)]);
        Access(caches, MemoryEventKind.Load, 1).ShouldBeEmpty();

        // A store does not wait for the line, and causes the next prefetch all the same.
        Access(caches, MemoryEventKind.Store, 2)
            .ShouldBe([(3UL, MemoryEventKind.Prefetch, 43U, false)]);
        Access(caches, MemoryEventKind.KernelLoad, 3)
            .ShouldBe([(3UL, MemoryEventKind.KernelLoad, 4U, true)]);
        Count(caches, "vcpu0.l1d.prefetchesIssued").ShouldBe(3UL);
        Count(caches, "vcpu0.l1d.prefetchesUseful").ShouldBe(3UL);
        Count(caches, "vcpu0.l1d.loadHits").ShouldBe(2UL);
        Count(caches, "vcpu0.l1d.loadMisses").ShouldBe(1UL);
        Count(caches, "l3.prefetchMisses").ShouldBe(3UL);
    }

    [Fact]
    public void WhatLeavesWithoutAUse_IsUseless()
    {
        CacheHierarchy caches = Machine(PrefetcherKind.NextLine, 1, 1);
        Access(caches, MemoryEventKind.Load, 0);
        Access(caches, MemoryEventKind.Flush, 1);
        Count(caches, "vcpu0.l1d.prefetchesUseless").ShouldBe(1UL);

        // Two sets of two ways: the prefetch of 65 makes room for lines 5 and 69.
        Access(caches, MemoryEventKind.Load, 64);
        Access(caches, MemoryEventKind.Load, 63 + (2 * 64));
        Access(caches, MemoryEventKind.Load, 3 + (3 * 64));
        Access(caches, MemoryEventKind.Load, 7 + (4 * 64));
        Count(caches, "vcpu0.l1d.prefetchesUseless").ShouldBeGreaterThan(1UL);
        Count(caches, "vcpu0.l1d.prefetchesUseful").ShouldBe(0UL);
    }

    [Fact]
    public void AnL2Prefetcher_BringsLinesToL2_AndLearnsOfWhatMissesL1()
    {
        HierarchyOptions options = TestCaches.Tiny with
        {
            L2 = TestCaches.Cache(16, 4, 14) with { Prefetcher = Options(PrefetcherKind.NextLine, 2, 1) },
        };
        CacheHierarchy caches = new("memory", options, TestCaches.Clocks(1));
        Access(caches, MemoryEventKind.Load, 0).ShouldBe([
            (1UL, MemoryEventKind.Prefetch, 43U, false), (2, MemoryEventKind.Prefetch, 43, false),
            (0, MemoryEventKind.Load, 42, false)]);
        Access(caches, MemoryEventKind.Fetch, 1).ShouldBe([
            (3UL, MemoryEventKind.Prefetch, 43U, false), (1, MemoryEventKind.Fetch, 14, true)]);
        Access(caches, MemoryEventKind.Load, 1).ShouldBe([(1UL, MemoryEventKind.Load, 14U, false)]);
        Count(caches, "vcpu0.l2.prefetchesUseful").ShouldBe(1UL);
        Count(caches, "vcpu0.l2.prefetchesIssued").ShouldBe(3UL);
    }

    [Theory]
    [InlineData(0, 1, "memory.l1d.prefetcher.degree")]
    [InlineData(17, 1, "memory.l1d.prefetcher.degree")]
    [InlineData(1, 0, "memory.l1d.prefetcher.distance")]
    [InlineData(1, 64, "memory.l1d.prefetcher.distance")]
    public void ImpossibleFigures_AreRefused(int degree, int distance, string key) =>
        Problem(TestCaches.Tiny with
        {
            L1D = TestCaches.Tiny.L1D with { Prefetcher = Options(PrefetcherKind.Stream, degree, distance) },
        }).ShouldBe(key);

    [Fact]
    public void LevelsThatHaveNone_RefuseOne()
    {
        PrefetcherOptions some = Options(PrefetcherKind.Stream, 2, 16);
        HierarchyOptions tiny = TestCaches.Tiny;
        Problem(tiny with { L1I = tiny.L1I! with { Prefetcher = some } })
            .ShouldBe("memory.l1i.prefetcher");
        Problem(tiny with { L3 = tiny.L3! with { Prefetcher = some } })
            .ShouldBe("memory.l3.prefetcher");
        Problem(tiny with
        {
            L2 = tiny.L2! with { Prefetcher = some },
            L2Sharing = CacheSharing.Shared,
        }).ShouldBe("memory.l2.prefetcher");
        Problem(tiny with { L1D = TestCaches.Cache(4, 1, 4) with { Prefetcher = some } })
            .ShouldBe("memory.l1d.prefetcher");
    }

    private static string Problem(HierarchyOptions options) => Should.Throw<ConfigException>(
        () => options.Validate("memory", TestCaches.Clocks(1))).Key;

    private static PrefetcherOptions Options(PrefetcherKind kind, int degree, int distance) =>
        new() { Kind = kind, Degree = degree, Distance = distance };

    private static Prefetcher Make(PrefetcherKind kind, int degree, int distance) =>
        Prefetcher.Create(TestCaches.Tiny.L1D with { Prefetcher = Options(kind, degree, distance) })!;

    private static CacheHierarchy Machine(PrefetcherKind kind, int degree, int distance) => new(
        "memory",
        TestCaches.Tiny with
        {
            L1D = TestCaches.Tiny.L1D with { Prefetcher = Options(kind, degree, distance) },
        },
        TestCaches.Clocks(1));

    private static ulong[] Wanted(Prefetcher prefetcher, ulong line)
    {
        ulong[] targets = new ulong[PrefetcherOptions.DegreeMax];
        int count = prefetcher.Want((7 * Page) + (line * Line), targets);
        return [.. targets.Take(count).Select(t => (t - (7 * Page)) / Line)];
    }

    private (ulong Line, MemoryEventKind Kind, uint Cycles, bool Awaits)[] Access(
        CacheHierarchy caches, MemoryEventKind kind, ulong line)
    {
        _misses.Clear();
        new AccessList(s_vcpu).Add(kind, line * Line).Apply(caches, _misses);
        return [.. _misses.Misses.ToArray()
            .Select(m => (m.Line / Line, m.Kind, m.Cycles, m.AwaitsPrefetch))];
    }

    private static UInt128 Count(CacheHierarchy caches, string name)
    {
        StatisticsList list = new();
        caches.Collect(list);
        return list.Items.Single(s => s.Name == name).Value;
    }
}
