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
        if (cache.Replacement == ReplacementPolicy.TreePlru && !BitOperations.IsPow2(cache.Ways))
        {
            ulong more = BitOperations.RoundUpToPowerOf2((uint)cache.Ways);
            level.Error(
                DiagnosticCode.Inconsistent,
                "replacement",
                $"a tree of bits needs a power of two of ways, not {cache.Ways}",
                $"ways: {(more - (ulong)cache.Ways < (ulong)cache.Ways - (more / 2) ? more : more / 2)}, "
                    + "or replacement: lru");
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

    /// <summary>What holds all lines of a nearer level has room for them.</summary>
    public static void CheckInclusion(MapReader map, CachesJob caches)
    {
        if (caches.Inclusion != InclusionChoice.Inclusive)
        {
            return;
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
                map.Error(
                    DiagnosticCode.Inconsistent,
                    key,
                    $"{cache.Size} can't include {largest.Key}, which holds {largest.Size}",
                    $"size: {largest.Size} or more, or inclusion: non-inclusive");
            }

            largest = cache.Size.Bytes > largest.Size.Bytes ? (key, cache.Size) : largest;
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

        bag.Error(
            DiagnosticCode.Inconsistent,
            at,
            $"{path}.{problem.Key}: filtered events would give another result: {problem.Why}",
            "set events.level to full");
    }
}
