using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Latencies of caches that cores with different clocks have: docs/models.md.</summary>
public sealed class UnequalClocksTests
{
    private static readonly VcpuId s_fast = new(0);
    private static readonly VcpuId s_slow = new(1);

    private readonly MissBuffer _misses = new();

    [Theory]
    [InlineData(500_000_000, 28, 32)]
    [InlineData(333_333_333, 24, 26)]
    [InlineData(1_000_000_000, 42, 50)]
    public void BeyondTheLastPrivateLevel_CyclesAreTheNodes(ulong hertz, uint shared, uint upgrade)
    {
        CacheHierarchy caches = new("c", TestCaches.Tiny, [TestCaches.Clock, new Frequency(hertz)]);
        Cycles(caches, s_fast, MemoryEventKind.Load, 0).ShouldBe([42U]);
        Cycles(caches, s_slow, MemoryEventKind.Load, 0).ShouldBe([shared]);
        Cycles(caches, s_slow, MemoryEventKind.Store, 0).ShouldBe([upgrade]);
        Cycles(caches, s_slow, MemoryEventKind.Fetch, 0).ShouldBe([14U], "its L2 goes by its own clock");
        caches.LoadHitCycles.ShouldBe(4U);
    }

    [Fact]
    public void ASharedL2_GoesByTheNodesClock_APrivateOneByItsOwn()
    {
        Frequency half = new(500_000_000);
        HierarchyOptions options = TestCaches.Tiny;
        options.SecondCycles(half, TestCaches.Clock).ShouldBe(14U);
        (options with { L2Sharing = CacheSharing.Shared }).SecondCycles(half, TestCaches.Clock).ShouldBe(9U);
        (options with { L2 = null }).SecondCycles(half, TestCaches.Clock).ShouldBe(0U);
    }

    [Fact]
    public void ALatencyInTime_IsThatOnEveryCore()
    {
        CacheOptions l3 = TestCaches.Cache(8, 4, 1) with
        {
            Latency = CacheLatency.FromTime(VirtualDuration.FromNanoseconds(45)),
        };
        CacheHierarchy caches = new(
            "c", TestCaches.Tiny with { L3 = l3 }, [TestCaches.Clock, new Frequency(500_000_000)]);
        Cycles(caches, s_fast, MemoryEventKind.Load, 0).ShouldBe([45U]);
        Cycles(caches, s_slow, MemoryEventKind.Load, 4096).ShouldBe([23U]);
    }

    private uint[] Cycles(CacheHierarchy caches, VcpuId vcpu, MemoryEventKind kind, ulong address)
    {
        _misses.Clear();
        new AccessList(vcpu).Add(kind, address).Apply(caches, _misses);
        return [.. _misses.Misses.ToArray().Select(m => m.Cycles)];
    }
}
