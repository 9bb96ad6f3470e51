using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class HierarchyOptionsTests
{
    private static HierarchyOptions Valid => TestCaches.Tiny;

    [Theory]
    [InlineData("memory.l1d.line_size", 24, 2, 384UL)]
    [InlineData("memory.l1d.line_size", 512, 2, 4096UL)]
    [InlineData("memory.l1d.ways", 64, 0, 4096UL)]
    [InlineData("memory.l1d.ways", 64, 65, 4160UL)]
    [InlineData("memory.l1d.size", 64, 2, 0UL)]
    [InlineData("memory.l1d.size", 64, 2, 100UL)]
    [InlineData("memory.l1d.size", 64, 2, 384UL)]
    [InlineData("memory.l1d.size", 64, 2, 8UL << 30)]
    public void ImpossibleGeometry_IsRefusedByKey(string key, int line, int ways, ulong size)
    {
        CacheOptions bad = Valid.L1D with { LineSizeBytes = line, Ways = ways, SizeBytes = size };
        Problems(Valid with { L1D = bad }, 1).ShouldContain(key);
    }

    [Theory]
    [InlineData(24, 8, "memory.tlb.dtlbEntries")]
    [InlineData(0, 8, "memory.tlb.dtlbEntries")]
    [InlineData(64, 65, "memory.tlb.dtlbWays")]
    public void ImpossibleTlbs_AreRefused(int entries, int ways, string key) => Problems(
        Valid with
        {
            Translation = TestCaches.Tlbs with
            {
                Data = new TlbOptions { Entries = entries, Ways = ways },
            },
        },
        1).ShouldBe([key]);

    [Fact]
    public void ATreeOfBits_NeedsAPowerOfTwoOfWays()
    {
        CacheOptions three = TestCaches.Cache(2, 3, 4) with
        {
            Replacement = ReplacementPolicy.TreePlru,
        };
        Problems(Valid with { L1D = three }, 1).ShouldBe(["memory.l1d.replacement"]);
    }

    [Fact]
    public void AnInstructionCache_TakesNoWrites() => Problems(
        Valid with { L1I = Valid.L1I! with { Writes = WritePolicy.Through } }, 1)
        .ShouldBe(["memory.l1i.writes"]);

    [Fact]
    public void DifferentLineSizes_AreRefused() => Problems(
        Valid with { L3 = Valid.L3! with { LineSizeBytes = 128 } }, 1)
        .ShouldContain("memory.l3.line_size");

    [Fact]
    public void LatencyBelowTheLevelBefore_IsRefused()
    {
        Problems(Valid with { L3 = Latency(Valid.L3!, CacheLatency.FromCycles(14)) }, 1)
            .ShouldBe(["memory.l3.latency"]);
        Problems(Valid with { L2 = Latency(Valid.L2!, CacheLatency.FromCycles(4)) }, 1)
            .ShouldBe(["memory.l2.latency"]);
        Problems(Valid with { L1D = Latency(Valid.L1D, CacheLatency.FromCycles(0)) }, 1)
            .ShouldBe(["memory.l1d.latency"]);
    }

    [Fact]
    public void LatencyInTime_IsComparedInTheCyclesOfEachVcpu()
    {
        CacheLatency time = CacheLatency.FromTime(VirtualDuration.FromNanoseconds(10));
        HierarchyOptions options = Valid with { L2 = Latency(Valid.L2!, time) };
        List<ConfigException> problems = [];
        options.Check("memory", [new Frequency(1_000_000_000)], problems);
        problems.ShouldBeEmpty();
        options.Check("memory", [new Frequency(400_000_000)], problems);
        problems.Single().Key.ShouldBe("memory.l2.latency");
    }

    [Fact]
    public void HitLatencyOfL1D_MustBeInCycles() => Problems(
        Valid with
        {
            L1D = Latency(Valid.L1D, CacheLatency.FromTime(VirtualDuration.FromNanoseconds(4))),
        },
        1).ShouldBe(["memory.l1d.latency"]);

    [Fact]
    public void SeveralVcpusWithoutASharedLevel_NeedACoherenceLatency()
    {
        HierarchyOptions options = Valid with { L3 = null, Coherence = null };
        Problems(options, 1).ShouldBeEmpty();
        Problems(options, 2).ShouldBe(["memory.coherence"]);
        Problems(options with { L2Sharing = CacheSharing.Shared }, 2).ShouldBeEmpty();
    }

    [Fact]
    public void EveryMistake_IsReportedAtOnce() => Problems(
        Valid with
        {
            L1I = Valid.L1I! with { Ways = 0 },
            L2 = Valid.L2! with { SizeBytes = 1 },
            L3 = Valid.L3! with { LineSizeBytes = 4096 },
        },
        1).ShouldBe(["memory.l1i.ways", "memory.l2.size", "memory.l3.line_size",
            "memory.l3.line_size"]);

    [Theory]
    [InlineData(32UL << 10, 8, 64)]
    [InlineData(16UL << 10, 8, 32)]
    [InlineData(128UL << 10, 4, 64)]
    [InlineData(512UL, 8, 1)]
    public void FilterGroups_AreTheSetsWithinAPage(ulong size, int ways, int groups)
    {
        CacheOptions cache = Valid.L1D with { SizeBytes = size, Ways = ways };
        HierarchyOptions options = Valid with { L1D = cache, L1I = cache };
        options.FilterGroups.ShouldBe(groups);
        options.FetchFilterGroups.ShouldBe(groups);
        (options with { L1I = null }).FetchFilterGroups.ShouldBe(0);
    }

    private static CacheOptions Latency(CacheOptions cache, CacheLatency latency) =>
        cache with { Latency = latency };

    private static string[] Problems(HierarchyOptions options, int vcpus)
    {
        List<ConfigException> problems = [];
        options.Check("memory", TestCaches.Clocks(vcpus), problems);
        if (problems.Count > 0)
        {
            Should.Throw<ConfigException>(
                () => new CacheHierarchy("memory", options, TestCaches.Clocks(vcpus)))
                .Key.ShouldBe(problems[0].Key);
        }

        return [.. problems.Select(p => p.Key)];
    }
}
