using System.Numerics;
using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>What the policies of a cache level need of it, of the other levels, and of events.
/// </summary>
internal static class CachePolicies
{
    /// <param name="level">As <see cref="CacheJob.Ways"/> allows.</param>
    public static void Check(MapReader level, string key, CacheJob cache)
    {
        if (WaysProblem(cache) is { } problem)
        {
            level.Error(DiagnosticCode.Inconsistent, "replacement", problem.What, problem.Help);
        }

        if (key == "l1i"
            && (cache.Writes != WritePolicy.Back || cache.WriteMisses != WriteMissPolicy.Allocate))
        {
            level.Error(
                DiagnosticCode.Inconsistent,
                cache.Writes != WritePolicy.Back ? "writes" : "writeMisses",
                "an instruction cache takes no writes",
                "leave it out; l1d, l2 and l3 may have it");
        }
    }

    /// <summary>Null: the replacement works with so many ways.</summary>
    public static (string What, string Help)? WaysProblem(CacheJob cache)
    {
        if (cache.Replacement != ReplacementPolicy.TreePlru || BitOperations.IsPow2(cache.Ways))
        {
            return null;
        }

        ulong more = BitOperations.RoundUpToPowerOf2((uint)cache.Ways);
        return ($"a tree of bits needs a power of two of ways, not {cache.Ways}",
            $"ways: {(more - (ulong)cache.Ways < (ulong)cache.Ways - (more / 2) ? more : more / 2)}, "
                + "or replacement: lru");
    }

    public static void CheckInclusion(MapReader map, CachesJob caches)
    {
        foreach ((string key, string what, string help) in InclusionProblems(caches))
        {
            map.Error(DiagnosticCode.Inconsistent, key, what, help);
        }
    }

    /// <summary>What holds all lines of a nearer level has room for them.</summary>
    public static IEnumerable<(string Key, string What, string Help)> InclusionProblems(CachesJob caches)
    {
        if (caches.Inclusion != InclusionChoice.Inclusive)
        {
            yield break;
        }

        (string Key, CacheJob? Cache)[] levels =
            [("l1i", caches.L1i), ("l1d", caches.L1d), ("l2", caches.L2), ("l3", caches.L3)];
        (string Key, ByteSize Size) largest = ("", new ByteSize(0));
        foreach ((string key, CacheJob? cache) in levels)
        {
            if (cache is null)
            {
                continue;
            }

            if (key is "l2" or "l3" && cache.Size.Bytes < largest.Size.Bytes)
            {
                yield return (key,
                    $"{cache.Size} can't include {largest.Key}, which holds {largest.Size}",
                    $"size: {largest.Size} or more, or inclusion: non-inclusive");
            }

            largest = cache.Size.Bytes > largest.Size.Bytes ? (key, cache.Size) : largest;
        }
    }

    public static void CheckPrefetchers(MapReader map, CachesJob caches)
    {
        (string Key, CacheJob? Cache)[] levels =
            [("l1i", caches.L1i), ("l1d", caches.L1d), ("l2", caches.L2), ("l3", caches.L3)];
        foreach ((string key, CacheJob? cache) in levels)
        {
            if (cache is null || cache.Prefetcher == PrefetcherChoice.None)
            {
                continue;
            }

            bool isShared = key == "l2" && caches.L2Sharing == SharingChoice.Shared;
            if (key is "l1i" or "l3" || isShared)
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    key,
                    $"{(isShared ? "a shared l2" : key)} has no prefetcher",
                    isShared ? "l1d has one, or a private l2" : "l1d has one, and a private l2");
            }

            if (PrefetchProblem(cache) is { } problem)
            {
                map.Error(DiagnosticCode.Inconsistent, key, problem.What, problem.Help);
            }
        }
    }

    /// <summary>Null: it has a place to prefetch into, or does not prefetch.</summary>
    public static (string What, string Help)? PrefetchProblem(CacheJob cache) =>
        cache.Prefetcher == PrefetcherChoice.None || cache.Ways > 1
            ? null
            : ("a direct-mapped cache has no second place to prefetch into", "ways: 2 or more");

    /// <summary>Only a core that waits for its loads, in front of our own memory, is told when a line on
    /// its way is there.</summary>
    public static void CheckPlace(
        JobNode at, CoresJob cores, MemoryJob memory, string path, DiagnosticBag bag)
    {
        CachesJob caches = memory.Caches;
        bool hasPrefetcher = caches.L1d?.Prefetcher > PrefetcherChoice.None
            || caches.L2?.Prefetcher > PrefetcherChoice.None;
        if (hasPrefetcher && memory.Peer is not null)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"{path}.caches: a prefetcher in front of a peer is not part of this version",
                "let the peer's own caches prefetch (cut: l1 or none), or leave out memory.peer");
        }

        if (memory.Tlb is not null && memory.Peer is not null)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"{path}.tlb: the page table would lie outside the memory of peer '{memory.Peer}'",
                "leave out memory.tlb or memory.peer");
        }

        if (hasPrefetcher && cores.HasInterval())
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"{path}.caches: a prefetcher with cores.model.kind: interval is not part of this version",
                "cores.model.kind: inorder, or prefetcher: none");
        }
    }

    /// <summary>Filtered events leave out hits, which some policies need to see.</summary>
    public static void CheckFilter(
        JobNode at, EventsJob events, MemoryJob memory, string path, DiagnosticBag bag)
    {
        if (events.Level != MemoryEventLevel.Filtered
            || memory.Cut == CutPlace.None
            || memory.Caches.L1d is null
            || JobMapping.Hierarchy(memory).FilterProblem() is not { } problem)
        {
            return;
        }

        string key = problem.Key == "tlb" ? problem.Key : $"caches.{problem.Key}";
        bag.Error(
            DiagnosticCode.Inconsistent,
            at,
            $"{path}.{key}: filtered events would give another result: {problem.Why}",
            "set events.level to full");
    }
}
