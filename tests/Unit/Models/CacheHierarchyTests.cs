using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class CacheHierarchyTests
{
    private static readonly VcpuId s_first = new(0);
    private static readonly VcpuId s_second = new(1);

    private readonly MissBuffer _misses = new();

    [Fact]
    public void MissesOfEachLevel_TakeTheConfiguredTotals()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        Cycles(caches, s_first, MemoryEventKind.Load, 0).ShouldBe([42U]);
        _misses.Misses[0].BehindCut.ShouldBeTrue();
        Cycles(caches, s_first, MemoryEventKind.Load, 0).ShouldBeEmpty();
        Cycles(caches, s_first, MemoryEventKind.Fetch, 0).ShouldBe([14U]);
        _misses.Misses[0].BehindCut.ShouldBeFalse();
        Cycles(caches, s_second, MemoryEventKind.Fetch, 0).ShouldBe([42U]);
        _misses.Misses[0].BehindCut.ShouldBeFalse();
        caches.LoadHitCycles.ShouldBe(4U);
    }

    [Fact]
    public void AccessAcrossLines_IsOneMissPerLine()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        new AccessList(s_first).Add(MemoryEventKind.Load, 60, 8).Apply(caches, _misses);
        _misses.Misses.ToArray().Select(m => m.Line).ShouldBe([0UL, 64UL]);
        new AccessList(s_first).Add(MemoryEventKind.Store, 128, 255).Apply(caches, _misses);
        _misses.Misses.ToArray()[2..].Select(m => m.Line).ShouldBe([128UL, 192UL, 256UL, 320UL]);
        Count(caches, "vcpu0.l1d.loadMisses").ShouldBe(2UL);
        Count(caches, "vcpu0.l1d.storeMisses").ShouldBe(4UL);
    }

    [Fact]
    public void StoreToASharedLine_IsAnUpgradeThatInvalidatesTheOthers()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        Cycles(caches, s_first, MemoryEventKind.Load, 0);
        Cycles(caches, s_second, MemoryEventKind.Load, 0).ShouldBe([42U]);
        State(caches, s_first).ShouldBe(LineState.Shared);
        caches.TakeDroppedLines(s_first).ToArray().Select(d => d.Value).ShouldBe([0UL]);
        Cycles(caches, s_second, MemoryEventKind.Store, 0).ShouldBe([50U]);
        State(caches, s_first).ShouldBe(LineState.Invalid);
        State(caches, s_second).ShouldBe(LineState.Modified);
        caches.TakeDroppedLines(s_first).ToArray().Select(d => d.Value).ShouldBe([0UL]);
        caches.TakeDroppedLines(s_first).Length.ShouldBe(0);
        caches.TakeDroppedLines(s_second).Length.ShouldBe(0);
        Count(caches, "vcpu1.l1d.upgrades").ShouldBe(1UL);
        Count(caches, "vcpu1.coherence.invalidationsSent").ShouldBe(1UL);
        Count(caches, "vcpu0.coherence.invalidationsReceived").ShouldBe(1UL);
        Count(caches, "vcpu0.coherence.downgradesReceived").ShouldBe(1UL);
    }

    [Fact]
    public void ModifiedLine_ReadByAnother_IsSuppliedAndWrittenBack()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny with { L3 = null });
        Cycles(caches, s_first, MemoryEventKind.Store, 0).ShouldBe([14U]);
        Cycles(caches, s_second, MemoryEventKind.Load, 0).ShouldBe([50U]);
        _misses.Misses[0].BehindCut.ShouldBeFalse();
        _misses.Writebacks.ToArray().Select(w => (w.Line, w.Kind, w.BehindCut))
            .ShouldBe([(0UL, MemoryEventKind.Writeback, true)]);
        State(caches, s_first).ShouldBe(LineState.Shared);
        State(caches, s_second).ShouldBe(LineState.Shared);
    }

    [Fact]
    public void Flush_TakesTheLineFromEveryCache_AndWritesItBackIfDirty()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        Cycles(caches, s_second, MemoryEventKind.Store, 0);
        Cycles(caches, s_first, MemoryEventKind.Flush, 0).ShouldBeEmpty();
        _misses.Writebacks.Length.ShouldBe(1);
        State(caches, s_second).ShouldBe(LineState.Invalid);
        caches.TakeDroppedLines(s_second).Length.ShouldBe(1);
        Cycles(caches, s_second, MemoryEventKind.Load, 0);
        _misses.Misses[0].BehindCut.ShouldBeTrue();
        Cycles(caches, s_first, MemoryEventKind.Flush, 0);
        _misses.Writebacks.Length.ShouldBe(0);
    }

    [Theory]
    [InlineData(ModifyCounting.LoadAndStore, 1UL)]
    [InlineData(ModifyCounting.Load, 0UL)]
    public void Modify_IsALoad_AndAStoreThatHits_UnlessCountedAsCachegrindDoes(
        ModifyCounting counting, ulong stores)
    {
        CacheHierarchy caches = Make(TestCaches.Tiny with { Modifies = counting });
        Cycles(caches, s_first, MemoryEventKind.Modify, 0).ShouldBe([42U]);
        State(caches, s_first).ShouldBe(LineState.Modified);
        new AccessList(s_first) { Suppressed = new SuppressedHits(0, 0, 10, 0, 0) }
            .Apply(caches, _misses);
        Count(caches, "vcpu0.l1d.loadMisses").ShouldBe(1UL);
        Count(caches, "vcpu0.l1d.loadHits").ShouldBe(10UL);
        Count(caches, "vcpu0.l1d.storeHits").ShouldBe(11 * stores);
    }

    [Fact]
    public void SuppressedHits_AreAddedToTheL1Counters()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        new AccessList(s_second) { Suppressed = new SuppressedHits(1, 20, 300, 4000, 50_000) }
            .Apply(caches, _misses);
        Count(caches, "vcpu1.l1d.loadHits").ShouldBe(4301UL);
        Count(caches, "vcpu1.l1d.storeHits").ShouldBe(320UL);
        Count(caches, "vcpu1.l1i.fetchHits").ShouldBe(50_000UL);
    }

    [Fact]
    public void KernelAccess_ReportsTheLineItReplacedAsMostRecentlyUsed()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        Cycles(caches, s_first, MemoryEventKind.Load, 0);
        Cycles(caches, s_first, MemoryEventKind.KernelStore, 0).ShouldBeEmpty();
        caches.TakeDroppedLines(s_first).Length.ShouldBe(0);
        Cycles(caches, s_first, MemoryEventKind.KernelStore, 128).ShouldBe([42U]);
        caches.TakeDroppedLines(s_first).ToArray().Select(d => d.Value).ShouldBe([0UL]);
        Count(caches, "vcpu0.l1d.kernelHits").ShouldBe(1UL);
        Count(caches, "vcpu0.l1d.kernelMisses").ShouldBe(1UL);
        Count(caches, "vcpu0.l1d.demandMisses").ShouldBe(1UL);
        Count(caches, "vcpu0.l1d.overallMisses").ShouldBe(2UL);
    }

    [Fact]
    public void ResetStatistics_KeepsTheContents()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        Cycles(caches, s_first, MemoryEventKind.Load, 0);
        caches.ResetStatistics();
        StatisticsList list = new();
        caches.Collect(list);
        list.Items.ShouldAllBe(s => s.Value == 0);
        Cycles(caches, s_first, MemoryEventKind.Load, 0).ShouldBeEmpty();
    }

    [Fact]
    public void HundredVcpus_ShareALineAndLoseItToOneStore()
    {
        CacheHierarchy caches = new("memory", TestCaches.Tiny, TestCaches.Clocks(100));
        for (int v = 0; v < 100; v++)
        {
            Cycles(caches, new VcpuId(v), MemoryEventKind.Load, 0);
        }

        Cycles(caches, new VcpuId(70), MemoryEventKind.Store, 0).ShouldBe([50U]);
        for (int v = 0; v < 100; v++)
        {
            State(caches, new VcpuId(v))
                .ShouldBe(v == 70 ? LineState.Modified : LineState.Invalid);
        }

        Count(caches, "vcpu70.coherence.invalidationsSent").ShouldBe(99UL);
    }

    [Fact]
    public void TimeLatencies_AreRoundedUpToEachVcpusCycles()
    {
        HierarchyOptions options = TestCaches.Tiny with
        {
            L3 = TestCaches.Tiny.L3! with
            {
                Latency = CacheLatency.FromTime(VirtualDuration.FromPicoseconds(20_001)),
            },
            Coherence = null,
        };
        CacheHierarchy caches =
            new("memory", options, [new Frequency(1_000_000_000), new Frequency(3_000_000_000)]);
        Cycles(caches, s_first, MemoryEventKind.Load, 0).ShouldBe([21U]);
        Cycles(caches, s_second, MemoryEventKind.Load, 64).ShouldBe([61U]);
    }

    [Fact]
    public void Access_AllocatesNothing_OnceItsBuffersHaveGrown()
    {
        CacheHierarchy caches = Make(TestCaches.Tiny);
        Work(caches);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Work(caches);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static readonly ulong[] s_addresses = [0, 64, 60, 128, 192, 256, 0, 640, 1280, 0, 64];
    private static readonly byte[] s_sizes = [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8];
    private static readonly uint[] s_offsets = new uint[11];

    private static readonly MemoryEventKind[] s_kinds =
    [
        MemoryEventKind.Load, MemoryEventKind.Store, MemoryEventKind.Load, MemoryEventKind.Fetch,
        MemoryEventKind.Atomic, MemoryEventKind.Modify, MemoryEventKind.Flush,
        MemoryEventKind.Prefetch, MemoryEventKind.Store, MemoryEventKind.KernelStore,
        MemoryEventKind.KernelLoad,
    ];

    private void Work(CacheHierarchy caches)
    {
        _misses.Clear();
        caches.Access(Block(s_first), _misses);
        caches.Access(Block(s_second), _misses);
        caches.TakeDroppedLines(s_first);
        caches.TakeDroppedLines(s_second);
    }

    private static MemoryEventBlock Block(VcpuId vcpu) => new()
    {
        Vcpu = vcpu,
        Addresses = s_addresses,
        Sizes = s_sizes,
        Kinds = s_kinds,
        Offsets = s_offsets,
        Suppressed = default,
    };

    private static CacheHierarchy Make(HierarchyOptions options) =>
        new("memory", options, TestCaches.Clocks(2));

    private static LineState State(CacheHierarchy caches, VcpuId vcpu) =>
        caches.Inspect(vcpu, new GuestPhysicalAddress(0));

    private static ulong Count(CacheHierarchy caches, string name)
    {
        StatisticsList list = new();
        caches.Collect(list);
        return (ulong)list.Items.Single(s => s.Name == name).Value;
    }

    private uint[] Cycles(CacheHierarchy caches, VcpuId vcpu, MemoryEventKind kind, ulong address)
    {
        _misses.Clear();
        new AccessList(vcpu).Add(kind, address).Apply(caches, _misses);
        return [.. _misses.Misses.ToArray().Select(m => m.Cycles)];
    }
}
