using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Every state that two or three vCPUs can reach on few lines and ways, from an empty
/// hierarchy, breadth first.</summary>
public sealed class MesiExplorationTests
{
    private const int StatesMax = 60_000;

    private static readonly MemoryEventKind[] s_kinds =
    [
        MemoryEventKind.Load, MemoryEventKind.Store, MemoryEventKind.Fetch, MemoryEventKind.Flush,
        MemoryEventKind.Prefetch,
    ];

    private readonly record struct Step(int Vcpu, MemoryEventKind Kind, ulong Line);

    [Theory]
    [InlineData(2, 2, 1, 0, 0, InclusionPolicy.NonInclusive)]
    [InlineData(3, 1, 1, 0, 0, InclusionPolicy.NonInclusive)]
    [InlineData(2, 2, 1, 1, 0, InclusionPolicy.NonInclusive)]
    [InlineData(2, 2, 2, 0, 1, InclusionPolicy.NonInclusive)]
    [InlineData(2, 2, 1, 1, 1, InclusionPolicy.Inclusive)]
    [InlineData(2, 2, 1, 0, 1, InclusionPolicy.Inclusive)]
    public void EveryReachableState_HasOneWriterOrManyReaders_AndAnExactDirectory(
        int vcpus, int lines, int firstWays, int secondWays, int thirdWays, InclusionPolicy policy)
    {
        HierarchyOptions options = TestCaches.Tiny with
        {
            L1I = TestCaches.Cache(1, 1, 4),
            L1D = TestCaches.Cache(1, firstWays, 4),
            L2 = secondWays == 0 ? null : TestCaches.Cache(1, secondWays, 14),
            L3 = thirdWays == 0 ? null : TestCaches.Cache(1, thirdWays, 42),
            Inclusion = policy,
        };
        ExploreAll(options, vcpus, lines);
    }

    /// <summary>Two ways of L1D and one of L2, with the policies that have few states.</summary>
    [Theory]
    [InlineData(ReplacementPolicy.TreePlru, WritePolicy.Back, WriteMissPolicy.NoAllocate)]
    [InlineData(ReplacementPolicy.TreePlru, WritePolicy.Through, WriteMissPolicy.Allocate)]
    [InlineData(ReplacementPolicy.Srrip, WritePolicy.Through, WriteMissPolicy.NoAllocate)]
    public void EveryReachableState_IsRight_WithOtherPolicies(
        ReplacementPolicy replacement, WritePolicy writes, WriteMissPolicy writeMisses)
    {
        HierarchyOptions options = TestCaches.Tiny with
        {
            L1I = null,
            L1D = TestCaches.Cache(1, 2, 4) with
            {
                Replacement = replacement,
                Writes = writes,
                WriteMisses = writeMisses,
            },
            L2 = TestCaches.Cache(1, 1, 14),
            L3 = null,
        };
        ExploreAll(options, 2, 2);
    }

    private static void ExploreAll(HierarchyOptions options, int vcpus, int lines)
    {
        Step[] steps =
        [
            .. from v in Enumerable.Range(0, vcpus)
               from kind in s_kinds
               from line in Enumerable.Range(0, lines)
               select new Step(v, kind, (ulong)line * TestCaches.LineSizeBytes),
        ];
        HashSet<LineState> seen = [];
        int states = Explore(options, vcpus, lines, steps, seen);
        states.ShouldBeGreaterThan(20);
        seen.Count.ShouldBe(4);
    }

    private static int Explore(
        HierarchyOptions options, int vcpus, int lines, Step[] steps, HashSet<LineState> seen)
    {
        HashSet<string> known = [""];
        Queue<Step[]> frontier = new([[]]);
        while (frontier.TryDequeue(out Step[]? path))
        {
            foreach (Step step in steps)
            {
                Step[] longer = [.. path, step];
                CacheHierarchy caches = Replay(options, vcpus, longer);
                if (known.Add(Key(caches)))
                {
                    known.Count.ShouldBeLessThan(StatesMax);
                    MesiInvariants.Check(caches, lines, options, string.Join(", ", longer), seen);
                    frontier.Enqueue(longer);
                }
            }
        }

        return known.Count;
    }

    private static CacheHierarchy Replay(HierarchyOptions options, int vcpus, Step[] path)
    {
        CacheHierarchy caches = new("memory", options, TestCaches.Clocks(vcpus));
        MissBuffer misses = new();
        foreach (Step step in path)
        {
            new AccessList(new VcpuId(step.Vcpu)).Add(step.Kind, step.Line).Apply(caches, misses);
        }

        return caches;
    }

    private static string Key(CacheHierarchy caches) => string.Join(' ',
        MesiInvariants.Private(caches).SelectMany(v => v).Concat(caches.Shared.Select(s => s.Tags))
            .Select(t => $"{string.Join(' ', t.Entries.ToArray())}/{t.Memory}"));
}
