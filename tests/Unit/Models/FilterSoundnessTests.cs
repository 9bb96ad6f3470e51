using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class FilterSoundnessTests
{
    private static readonly MemoryEventKind[] s_kinds =
    [
        MemoryEventKind.Load, MemoryEventKind.Load, MemoryEventKind.Load, MemoryEventKind.Store,
        MemoryEventKind.Store, MemoryEventKind.Fetch, MemoryEventKind.Fetch,
        MemoryEventKind.Atomic, MemoryEventKind.Modify, MemoryEventKind.Flush,
        MemoryEventKind.Prefetch,
    ];

    [Fact]
    public void FilteredStream_EqualsTheFullOne_InMissesCountsAndStates()
    {
        ulong suppressed = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            suppressed += Compare(seed, Plain(InclusionPolicy.NonInclusive), out bool equal);
            equal.ShouldBeTrue($"seed {seed}");
        }

        suppressed.ShouldBeGreaterThan(5_000UL);
    }

    /// <summary>With levels that include others, a line may fall out of L1 in the middle of a slice, and the filter goes
    /// on with it. What it then hides is at most what the model reports.</summary>
    [Fact]
    public void OfEightVcpus_TheFilteredStreamDiffersByItsStaleHitsAtMost()
    {
        (int different, ulong reported, ulong suppressed) = (0, 0, 0);
        for (int seed = 0; seed < 400; seed++)
        {
            suppressed += Compare(
                seed, Plain(InclusionPolicy.Inclusive), 8, 60, out bool equal, out decimal off, out ulong stale);
            off.ShouldBeLessThanOrEqualTo((decimal)stale, $"seed {seed}");
            (equal || stale > 0).ShouldBeTrue($"seed {seed}");
            different += off > 0 ? 1 : 0;
            reported += stale;
        }

        different.ShouldBeGreaterThan(20);
        reported.ShouldBeLessThan(suppressed);
    }

    [Fact]
    public void OfEightVcpus_WithoutInclusion_TheFilteredStreamIsTheFullOne()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Compare(seed, Plain(InclusionPolicy.NonInclusive), 8, 60, out bool equal, out decimal off, out ulong stale);
            (equal, off, stale).ShouldBe((true, 0m, 0UL), $"seed {seed}");
        }
    }

    [Fact]
    public void InclusiveLevels_MakeTheFilteredStreamAnEstimate()
    {
        int different = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            Compare(seed, Plain(InclusionPolicy.Inclusive), out bool equal);
            different += equal ? 0 : 1;
        }

        different.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void EveryOtherPolicyThatAFilterMayStandBefore_GivesTheSameAsWithoutIt()
    {
        ulong suppressed = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            suppressed += Compare(seed, Filterable, out bool equal);
            equal.ShouldBeTrue($"seed {seed}");
        }

        suppressed.ShouldBeGreaterThan(5_000UL);
    }

    [Theory]
    [InlineData(ReplacementPolicy.Srrip, WritePolicy.Back, WriteMissPolicy.Allocate, "l1d.replacement")]
    [InlineData(ReplacementPolicy.Brrip, WritePolicy.Back, WriteMissPolicy.Allocate, "l1d.replacement")]
    [InlineData(ReplacementPolicy.Lru, WritePolicy.Through, WriteMissPolicy.Allocate, "l1d.writes")]
    [InlineData(ReplacementPolicy.Lru, WritePolicy.Back, WriteMissPolicy.NoAllocate, "l1d.writeMisses")]
    public void APolicyThatSeesEveryHit_IsToldAsAProblem_AndGivesOtherResultsBehindAFilter(
        ReplacementPolicy replacement, WritePolicy writes, WriteMissPolicy misses, string key)
    {
        int different = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            HierarchyOptions With(Random random)
            {
                HierarchyOptions options = TestCaches.Any(random);
                return options with
                {
                    Inclusion = InclusionPolicy.NonInclusive,
                    L1D = options.L1D with
                    {
                        Replacement = replacement,
                        Writes = writes,
                        WriteMisses = misses,
                    },
                };
            }

            With(new Random(seed)).FilterProblem()!.Value.Key.ShouldBe(key);
            Compare(seed, With, out bool equal);
            different += equal ? 0 : 1;
        }

        different.ShouldBeGreaterThan(0);
    }

    private static HierarchyOptions Filterable(Random random)
    {
        while (true)
        {
            HierarchyOptions options = TestCaches.AnyMachine(random) with
            {
                Inclusion = InclusionPolicy.NonInclusive,
            };
            if (options.FilterProblem() is null)
            {
                return options;
            }
        }
    }

    private static Func<Random, HierarchyOptions> Plain(InclusionPolicy inclusion) =>
        random => TestCaches.Any(random) with { Inclusion = inclusion };

    private static ulong Compare(
        int seed, Func<Random, HierarchyOptions> any, out bool equal) => Compare(
            seed, any, new Random(-seed).Next(1, 4), 30, out equal, out decimal _, out ulong _);

    /// <param name="off">Misses of L1 that only one of the two has.</param>
    /// <param name="stale">What the filtered one reports.</param>
    private static ulong Compare(
        int seed, Func<Random, HierarchyOptions> any, int vcpus, int slices, out bool equal, out decimal off,
        out ulong stale)
    {
        Random random = new(seed);
        HierarchyOptions options = any(random);
        CacheHierarchy full = new("memory", options, TestCaches.Clocks(vcpus));
        CacheHierarchy part = new("memory", options, TestCaches.Clocks(vcpus));
        ConservativeFilter[] filters = [.. Enumerable.Range(0, vcpus).Select(v =>
            new ConservativeFilter(new VcpuId(v), part.FilterGroups, part.FetchFilterGroups))];
        MissBuffer fullMisses = new();
        MissBuffer partMisses = new();
        int lines = random.Next(2, 20);
        for (int slice = 0; slice < slices; slice++)
        {
            int v = random.Next(vcpus);
            AccessList all = new(new VcpuId(v));
            RunSlice(random, lines, options, all, filters[v]);
            all.Apply(full, fullMisses);
            filters[v].Apply(part, partMisses);
            if (random.Next(4) == 0)
            {
                CopyByKernel(random, lines, new VcpuId(v), full, fullMisses, part, partMisses);
            }

            for (int u = 0; u < vcpus; u++)
            {
                filters[u].Drop(part.TakeDroppedLines(new VcpuId(u)));
            }
        }

        equal = Traffic(fullMisses).SequenceEqual(Traffic(partMisses))
            && Statistics(full).SequenceEqual(Statistics(part))
            && Tags(full).SequenceEqual(Tags(part))
            && Memories(full).SequenceEqual(Memories(part));
        off = Math.Abs(Sum(full, "Misses") - Sum(part, "Misses"));
        stale = (ulong)Sum(part, "staleHits");
        return filters.Aggregate(0UL, (sum, f) => sum + f.Hits);
    }

    private static void RunSlice(
        Random random,
        int lines,
        HierarchyOptions options,
        AccessList all,
        ConservativeFilter filter)
    {
        int count = random.Next(1, 30);
        ulong address = 0;
        for (int i = 0; i < count; i++)
        {
            MemoryEventKind kind = s_kinds[random.Next(s_kinds.Length)];
            if (kind == MemoryEventKind.Fetch && options.L1I is null)
            {
                continue;
            }

            address = random.Next(3) > 0 ? address : AnyAddress(random, lines);
            byte size = (byte)(random.Next(12) == 0 ? 32 : 4);
            all.Add(kind, address, size);
            filter.Access(kind, address, size);
        }
    }

    /// <summary>Lines of four pages, so that set and group are not the whole address.</summary>
    private static ulong AnyAddress(Random random, int lines) =>
        (ulong)random.Next(4) * GuestPage.SizeBytes
            + (ulong)(random.Next(lines) * TestCaches.LineSizeBytes + random.Next(60));

    private static void CopyByKernel(
        Random random,
        int lines,
        VcpuId vcpu,
        CacheHierarchy full,
        MissBuffer fullMisses,
        CacheHierarchy part,
        MissBuffer partMisses)
    {
        MemoryEventKind kind = random.Next(2) == 0
            ? MemoryEventKind.KernelLoad : MemoryEventKind.KernelStore;
        ulong address = AnyAddress(random, lines);
        new AccessList(vcpu).Add(kind, address).Apply(full, fullMisses);
        new AccessList(vcpu).Add(kind, address).Apply(part, partMisses);
    }

    private static IEnumerable<(ulong, uint, MemoryEventKind, bool)> Traffic(MissBuffer misses) =>
        misses.Misses.ToArray().Concat(misses.Writebacks.ToArray())
            .Select(m => (m.Line, m.Cycles, m.Kind, m.BehindCut));

    /// <summary>Of L1 and coherence, all vCPUs, without the sums of classes.</summary>
    private static decimal Sum(CacheHierarchy caches, string ending) => Statistics(caches)
        .Where(s => s.Name.EndsWith(ending, StringComparison.Ordinal)
            && (s.Name.Contains(".l1", StringComparison.Ordinal) || s.Name.Contains(".coherence", StringComparison.Ordinal))
            && !s.Name.Contains("overall", StringComparison.Ordinal) && !s.Name.Contains("demand", StringComparison.Ordinal))
        .Sum(s => (decimal)s.Value);

    private static IReadOnlyList<Statistic> Statistics(CacheHierarchy caches)
    {
        StatisticsList list = new();
        caches.Collect(list);
        return list.Items;
    }

    private static IEnumerable<ulong> Tags(CacheHierarchy caches) =>
        Enumerable.Range(0, caches.VcpuCount).Select(caches.Vcpu)
            .SelectMany(v => new[] { v.Instructions, v.Data, v.Second })
            .Concat(caches.Shared.Select(s => (TagArray?)s.Tags))
            .SelectMany(t => t is null ? [] : t.Entries.ToArray());

    private static IEnumerable<string> Memories(CacheHierarchy caches) =>
        Enumerable.Range(0, caches.VcpuCount).Select(caches.Vcpu)
            .SelectMany(v => new[] { v.Instructions, v.Data, v.Second })
            .Concat(caches.Shared.Select(s => (TagArray?)s.Tags))
            .Select(t => t?.Memory ?? "");
}
