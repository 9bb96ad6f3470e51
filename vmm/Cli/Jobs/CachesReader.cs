using System.Numerics;
using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Reads and checks `memory.caches`.</summary>
internal static class CachesReader
{
    private const uint LatencyCyclesMax = 1_000_000;
    private const int StreamDegree = 2;
    private const int StreamDistance = 16;

    public static CachesJob Read(MapReader memory, CachesJob standard, CoresJob cores)
    {
        MapReader map = memory.Section("caches");
        ByteSize line = map.Value<ByteSize>("lineSize", standard.LineSize, ByteSize.TryParse);
        bool goodLine = line.Bytes is >= 16 and <= 256 && BitOperations.IsPow2(line.Bytes);
        if (!goodLine)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "lineSize",
                $"{line} is not a power of two from 16B to 256B");
        }

        CachesJob caches = new()
        {
            LineSize = line,
            L1i = Level(map, "l1i", standard.L1i, line, goodLine),
            L1d = Level(map, "l1d", standard.L1d, line, goodLine),
            L2 = Level(map, "l2", standard.L2, line, goodLine),
            L2Sharing = map.Word("l2Sharing", standard.L2Sharing, JobChoices.Sharing),
            L3 = Level(map, "l3", standard.L3, line, goodLine),
            Inclusion = map.Word("inclusion", standard.Inclusion, JobChoices.Inclusion),
            Writebacks = map.Word("writebacks", standard.Writebacks, JobChoices.Writebacks),
            Modifies = map.Word("modifies", standard.Modifies, JobChoices.Modifies),
            Coherence = map.Optional<Latency>("coherence", standard.Coherence, Latency.TryParse),
        };
        CheckOrder(map, caches, cores);
        map.Done();
        return caches;
    }

    /// <summary>Checks what else of the job needs a cache, where there is none.</summary>
    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        JobNode at = (root as JobMap)?.Find("nodes")?.Value ?? root;
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            MemoryJob memory = job.Nodes[i].Memory;
            if (!memory.Caches.IsNone())
            {
                CachePolicies.CheckFilter(at, job.Events, memory, $"nodes[{i}].memory", bag);
                CachePolicies.CheckPlace(at, job.Nodes[i].Cores, memory, $"nodes[{i}].memory", bag);
                continue;
            }

            if (job.Events.Level == MemoryEventLevel.Filtered)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"nodes[{i}].memory.caches: without a cache there are no hits to filter",
                    "set events.level to full, which counts every access, or to off");
            }

            if (memory.Tlb is not null)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"nodes[{i}].memory.tlb: without a cache no walk of the page table takes any time",
                    "describe caches, or leave out memory.tlb");
            }

            if (memory.Peer is not null || memory.Cut != CutPlace.Hierarchy)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"nodes[{i}].memory.caches: a cut or a peer needs the caches in front of it",
                    "describe them, or leave out cut and peer");
            }
        }
    }

    private static CacheJob? Level(
        MapReader caches, string key, CacheJob? standard, ByteSize line, bool goodLine)
    {
        JobNode? node = caches.Take(key);
        if (node is JobScalar { Text: "none" or "null" or "~", IsQuoted: false }
            or JobScalar { Text: "none" })
        {
            return null;
        }

        if (node is null)
        {
            return standard;
        }

        MapReader map = caches.Section(key);
        CacheJob fallback = standard ?? CachesJob.Cache(1UL << 20, 16, 20);
        foreach (string required in new[] { "size", "ways", "latency" })
        {
            if (standard is null && node is JobMap && !map.Has(required))
            {
                map.Missing(required);
            }
        }

        PrefetcherChoice prefetcher =
            map.Word("prefetcher", fallback.Prefetcher, JobChoices.Prefetcher);
        bool isStream = prefetcher == PrefetcherChoice.Stream;
        CacheJob cache = new()
        {
            Size = map.Value<ByteSize>("size", fallback.Size, ByteSize.TryParse),
            Ways = (int)map.Integer("ways", fallback.Ways, 1, 64),
            Latency = map.Value<Latency>("latency", fallback.Latency, Latency.TryParse),
            Replacement = map.Word("replacement", fallback.Replacement, JobChoices.Replacement),
            Writes = map.Word("writes", fallback.Writes, JobChoices.Writes),
            WriteMisses = map.Word("writeMisses", fallback.WriteMisses, JobChoices.WriteMisses),
            Prefetcher = prefetcher,
            PrefetchDegree = (int)map.Integer(
                "prefetchDegree", isStream ? StreamDegree : 1, 1, PrefetcherOptions.DegreeMax),
            PrefetchDistance = (int)map.Integer(
                "prefetchDistance", isStream ? StreamDistance : 1, 1, PrefetcherOptions.DistanceMax),
        };
        if (goodLine && ShapeProblem(cache, line) is { } problem)
        {
            map.Error(DiagnosticCode.Inconsistent, "size", problem.What, problem.Help);
        }

        CachePolicies.Check(map, key, cache);
        map.Done();
        return cache;
    }

    /// <summary>Null: it is whole sets of lines, a power of two.</summary>
    public static (string What, string Help)? ShapeProblem(CacheJob cache, ByteSize line)
    {
        ulong set = (ulong)cache.Ways * line.Bytes;
        bool whole = cache.Size.Bytes is > 0 and <= 4UL << 30 && cache.Size.Bytes % set == 0;
        if (whole && BitOperations.IsPow2(cache.Size.Bytes / set))
        {
            return null;
        }

        ulong sets = BitOperations.RoundUpToPowerOf2(
            Math.Clamp(cache.Size.Bytes / set, 1, (4UL << 30) / set / 2));
        return ($"{cache.Size} is not a power of two of sets of {cache.Ways} lines of {line}, up to 4GiB",
            $"such as {new ByteSize(set * sets)}");
    }

    private static void CheckOrder(MapReader map, CachesJob caches, CoresJob cores)
    {
        if (caches.IsNone())
        {
            return;
        }

        if (caches.L1d is null)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "l1d",
                "a hierarchy needs a first-level data cache",
                "to simulate no memory at all, leave out every level");
            return;
        }

        if (caches.L1d.Latency.IsTime)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "l1d",
                "the latency of l1d must be in cycles, since the engine counts with it",
                "such as 4cycles");
        }

        ulong before = 0;
        string beforeKey = "";
        (string Key, CacheJob? Cache)[] levels =
            [("l1i", caches.L1i), ("l1d", caches.L1d), ("l2", caches.L2), ("l3", caches.L3)];
        foreach ((string key, CacheJob? cache) in levels)
        {
            if (cache is null)
            {
                continue;
            }

            ulong cycles = cache.Latency.ToCycles(cores.Frequency);
            bool outer = key is "l2" or "l3";
            if (cycles is 0 or > LatencyCyclesMax || (outer && cycles <= before))
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    key,
                    outer && cycles <= before
                        ? $"answers after {cycles} cycles, no later than {beforeKey} ({before})"
                        : $"a latency of {cycles} cycles is out of range (1 to "
                            + $"{LatencyCyclesMax})",
                    "latencies count from the access to the answer and grow from level to level");
            }

            (before, beforeKey) = cycles >= before ? (cycles, key) : (before, beforeKey);
        }

        CheckCoherence(map, caches, cores);
        CachePolicies.CheckInclusion(map, caches);
        CachePolicies.CheckPrefetchers(map, caches);
    }

    private static void CheckCoherence(MapReader map, CachesJob caches, CoresJob cores)
    {
        bool shared = caches.L3 is not null
            || (caches.L2 is not null && caches.L2Sharing == SharingChoice.Shared);
        if (cores.Count > 1 && !shared && caches.Coherence is null)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "coherence",
                $"no level is shared by the {cores.Count} cores, so the latency of an upgrade must "
                    + "be given",
                "such as coherence: 40cycles");
        }

        ulong l1 = Math.Max(
            caches.L1d!.Latency.ToCycles(cores.Frequency),
            caches.L1i?.Latency.ToCycles(cores.Frequency) ?? 0);
        if (caches.Coherence is { } latency
            && (latency.ToCycles(cores.Frequency) <= l1
                || latency.ToCycles(cores.Frequency) > LatencyCyclesMax))
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "coherence",
                $"{latency} must be above the {l1} cycles of L1");
        }
    }
}
