using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Random traffic of eight vCPUs, on machines too large to explore.</summary>
public sealed class MesiTrafficTests
{
    private const int Vcpus = 8;
    private const int Lines = 24;

    private static readonly MemoryEventKind[] s_kinds =
    [
        MemoryEventKind.Load, MemoryEventKind.Load, MemoryEventKind.Store, MemoryEventKind.Fetch,
        MemoryEventKind.Atomic, MemoryEventKind.Modify, MemoryEventKind.Flush,
        MemoryEventKind.Prefetch, MemoryEventKind.KernelLoad, MemoryEventKind.KernelStore,
    ];

    [Fact]
    public void EightVcpus_KeepEveryInvariant_WithAnyPoliciesAndPrefetchers()
    {
        HashSet<LineState> seen = [];
        ulong useful = 0;
        for (int seed = 0; seed < 80; seed++)
        {
            Random random = new(seed);
            HierarchyOptions options = TestCaches.AnyMachine(random);
            CacheHierarchy caches = new("memory", options, TestCaches.Clocks(Vcpus));
            MissBuffer misses = new();
            for (int step = 0; step < 60; step++)
            {
                AccessList list = new(new VcpuId(random.Next(Vcpus)));
                for (int i = random.Next(1, 10); i > 0; i--)
                {
                    int line = random.Next(Lines);
                    list.Add(
                        s_kinds[random.Next(s_kinds.Length)],
                        (ulong)(line * TestCaches.LineSizeBytes),
                        (byte)random.Next(1, 3));
                }

                list.Apply(caches, misses);
                MesiInvariants.Check(caches, Lines, options, $"seed {seed}, {step}: {options}", seen);
            }

            StatisticsList statistics = new();
            caches.Collect(statistics);
            useful += (ulong)statistics.Items
                .Where(s => s.Name.EndsWith("prefetchesUseful", StringComparison.Ordinal))
                .Aggregate(UInt128.Zero, (sum, s) => sum + s.Value);
        }

        seen.Count.ShouldBe(4);
        useful.ShouldBeGreaterThan(100UL);
    }
}
