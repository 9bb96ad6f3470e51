using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class CacheOracleTests
{
    private static readonly MemoryEventKind[] s_kinds =
    [
        MemoryEventKind.Load, MemoryEventKind.Load, MemoryEventKind.Load, MemoryEventKind.Store,
        MemoryEventKind.Store, MemoryEventKind.Fetch, MemoryEventKind.Fetch,
        MemoryEventKind.Atomic, MemoryEventKind.Modify, MemoryEventKind.Flush,
        MemoryEventKind.Prefetch, MemoryEventKind.KernelLoad, MemoryEventKind.KernelStore,
    ];

    [Fact]
    public void Hierarchy_EqualsASlowModel_OnRandomStreamsOfSeveralVcpus()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            Compare(seed, 5, TestCaches.Any);
        }
    }

    [Fact]
    public void AnyReplacementAndAnyWayToWrite_EqualTheSlowModel()
    {
        for (int seed = 0; seed < 1500; seed++)
        {
            Compare(seed, seed % 10 == 0 ? 9 : 5, TestCaches.AnyPolicies);
        }
    }

    private static void Compare(int seed, int vcpusMax, Func<Random, HierarchyOptions> any)
    {
        Random random = new(seed);
        int vcpus = random.Next(1, vcpusMax);
        HierarchyOptions options = any(random);
        CacheHierarchy caches = new("memory", options, TestCaches.Clocks(vcpus));
        SlowHierarchy slow = new(options, vcpus);
        MissBuffer misses = new();
        int lines = random.Next(2, 24);
        string where = $"seed {seed}: {vcpus} vCPUs, {options}";
        for (int slice = 0; slice < 40; slice++)
        {
            int v = random.Next(vcpus);
            AccessList list = new(new VcpuId(v));
            int count = random.Next(1, 12);
            for (int i = 0; i < count; i++)
            {
                MemoryEventKind kind = s_kinds[random.Next(s_kinds.Length)];
                ulong line = (ulong)random.Next(lines) * TestCaches.LineSizeBytes;
                list.Add(kind, line + (ulong)random.Next(60), 4);
                slow.Access(v, kind, line);
            }

            misses.Clear();
            list.Apply(caches, misses);
            CheckTraffic(caches, slow, misses, vcpus, where);
            if (slice % 8 == 7)
            {
                CheckStates(caches, slow, lines, vcpus, where);
            }
        }

        CheckCounts(caches, slow, where);
    }

    private static void CheckTraffic(
        CacheHierarchy caches,
        SlowHierarchy slow,
        MissBuffer misses,
        int vcpus,
        string where)
    {
        Same(
            misses.Misses.ToArray().Select(m => (m.Line, m.Cycles, m.Kind, m.BehindCut)),
            slow.Misses,
            where);
        Same(misses.Writebacks.ToArray().Select(m => m.Line), slow.Writebacks, where);
        slow.Misses.Clear();
        slow.Writebacks.Clear();
        for (int v = 0; v < vcpus; v++)
        {
            ulong[] dropped = [.. caches.TakeDroppedLines(new VcpuId(v)).ToArray()
                .Select(d => d.Value).Distinct().Order()];
            Same(dropped, slow.Dropped[v].Order(), where);
            slow.Dropped[v].Clear();
        }
    }

    private static void CheckStates(
        CacheHierarchy caches, SlowHierarchy slow, int lines, int vcpus, string where)
    {
        for (int v = 0; v < vcpus; v++)
        {
            for (int i = 0; i < lines; i++)
            {
                ulong line = (ulong)i * TestCaches.LineSizeBytes;
                LineState state = caches.Inspect(new VcpuId(v), new GuestPhysicalAddress(line));
                if (state != slow.StateOf(v, line))
                {
                    state.ShouldBe(slow.StateOf(v, line), where);
                }
            }
        }
    }

    private static void CheckCounts(CacheHierarchy caches, SlowHierarchy slow, string where)
    {
        StatisticsList list = new();
        caches.Collect(list);
        string[] derived = ["overall", "demand"];
        Dictionary<string, ulong> counted = list.Items
            .Where(s => s.Value != 0 && !derived.Any(s.Name.Contains))
            .Where(s => !s.Name.StartsWith("l2.vcpu", StringComparison.Ordinal)
                && !s.Name.StartsWith("l3.vcpu", StringComparison.Ordinal))
            .ToDictionary(s => s.Name, s => (ulong)s.Value);
        Same(
            counted.OrderBy(c => c.Key, StringComparer.Ordinal),
            slow.Counts.OrderBy(c => c.Key, StringComparer.Ordinal),
            where);
    }

    private static void Same<T>(IEnumerable<T> actual, IEnumerable<T> expected, string where)
    {
        if (!actual.SequenceEqual(expected))
        {
            actual.ShouldBe(expected, ignoreOrder: false, customMessage: where);
        }
    }
}
