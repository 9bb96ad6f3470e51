using System.Runtime.CompilerServices;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What happened at one level on behalf of one vCPU.</summary>
internal sealed class CacheCounters
{
    private static readonly (AccessClass Class, string Hits, string Misses, string What)[] s_rows =
    [
        (AccessClass.Load, "loadHits", "loadMisses", "loads (atomics among them)"),
        (AccessClass.Store, "storeHits", "storeMisses", "stores"),
        (AccessClass.Fetch, "fetchHits", "fetchMisses", "instruction fetches"),
        (AccessClass.Kernel, "kernelHits", "kernelMisses", "copies of the node kernel"),
        (AccessClass.Prefetch, "prefetchHits", "prefetchMisses", "prefetches of software or a nearer level"),
        (AccessClass.Walk, "walkHits", "walkMisses", "reads of the page table"),
    ];

    private readonly ulong[] _hits = new ulong[s_rows.Length];
    private readonly ulong[] _misses = new ulong[s_rows.Length];

    public ulong Replacements { get; set; }

    public ulong Writebacks { get; set; }

    public ulong Upgrades { get; set; }

    public ulong WriteThroughs { get; set; }

    public ulong WritesAround { get; set; }

    public ulong PrefetchesIssued { get; set; }

    public ulong PrefetchesUseful { get; set; }

    public ulong PrefetchesUseless { get; set; }

    public ulong InvalidationsSent { get; set; }

    public ulong InvalidationsReceived { get; set; }

    public ulong DowngradesReceived { get; set; }

    public ulong BackInvalidations { get; set; }

    /// <summary>Hits without a record in slices whose own evictions took a line out of L1: at most these were on a
    /// line that was gone.</summary>
    public ulong StaleHits { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Hit(AccessClass row, ulong count = 1) => _hits[(int)row] += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Miss(AccessClass row) => _misses[(int)row]++;

    public ulong Hits(AccessClass row) => _hits[(int)row];

    public ulong Misses(AccessClass row) => _misses[(int)row];

    public void Reset()
    {
        Array.Clear(_hits);
        Array.Clear(_misses);
        Replacements = Writebacks = Upgrades = WriteThroughs = WritesAround = 0;
        PrefetchesIssued = PrefetchesUseful = PrefetchesUseless = 0;
        InvalidationsSent = InvalidationsReceived = DowngradesReceived = BackInvalidations = StaleHits = 0;
    }

    public void AddTo(CacheCounters sum)
    {
        for (int i = 0; i < s_rows.Length; i++)
        {
            sum._hits[i] += _hits[i];
            sum._misses[i] += _misses[i];
        }

        sum.Replacements += Replacements;
        sum.Writebacks += Writebacks;
        sum.Upgrades += Upgrades;
        sum.WriteThroughs += WriteThroughs;
        sum.WritesAround += WritesAround;
        sum.InvalidationsSent += InvalidationsSent;
        sum.InvalidationsReceived += InvalidationsReceived;
        sum.DowngradesReceived += DowngradesReceived;
        sum.BackInvalidations += BackInvalidations;
        sum.StaleHits += StaleHits;
    }

    /// <param name="rows">Classes that can reach the level.</param>
    public void CollectAccesses(
        StatisticsList list, string prefix, ReadOnlySpan<AccessClass> rows)
    {
        ulong demandHits = 0;
        ulong demandMisses = 0;
        ulong hits = 0;
        ulong misses = 0;
        foreach (AccessClass row in rows)
        {
            (_, string hitName, string missName, string what) = s_rows[(int)row];
            list.Count(prefix + hitName, Hits(row), "Count", $"hits of {what}");
            list.Count(prefix + missName, Misses(row), "Count", $"misses of {what}");
            hits += Hits(row);
            misses += Misses(row);
            if (row <= AccessClass.Fetch)
            {
                demandHits += Hits(row);
                demandMisses += Misses(row);
            }
        }

        list.Count(prefix + "demandHits", demandHits, "Count", "hits of loads, stores, fetches");
        list.Count(
            prefix + "demandMisses", demandMisses, "Count", "misses of loads, stores, fetches");
        list.Count(prefix + "overallHits", hits, "Count", "hits of all classes");
        list.Count(prefix + "overallMisses", misses, "Count", "misses of all classes");
        list.Count(prefix + "overallAccesses", hits + misses, "Count", "hits and misses");
        list.Quotient(
            prefix + "overallMissRate", misses, hits + misses, "Ratio", "misses by accesses");
    }

    public void CollectPrivateTraffic(StatisticsList list, string prefix, bool isData)
    {
        CollectReplacements(list, prefix);
        if (isData)
        {
            list.Count(prefix + "upgrades", Upgrades, "Count",
                "misses that held the line without the right to write");
        }
    }

    public void CollectReplacements(StatisticsList list, string prefix)
    {
        list.Count(prefix + "replacements", Replacements, "Count", "lines evicted");
        list.Count(prefix + "writebacks", Writebacks, "Count", "dirty lines passed outward");
    }

    /// <summary>Of a level that is not write-back and write-allocate.</summary>
    public void CollectWrites(StatisticsList list, string prefix, CacheOptions options)
    {
        if (options.Writes == WritePolicy.Through)
        {
            list.Count(prefix + "writeThroughs", WriteThroughs, "Count",
                "writes passed outward at once");
        }

        if (options.WriteMisses == WriteMissPolicy.NoAllocate)
        {
            list.Count(prefix + "writesAround", WritesAround, "Count",
                "writes of lines not held, passed outward without taking the line");
        }
    }

    public void CollectPrefetches(StatisticsList list, string prefix)
    {
        list.Count(prefix + "prefetchesIssued", PrefetchesIssued, "Count",
            "lines that the prefetcher brought");
        list.Count(prefix + "prefetchesUseful", PrefetchesUseful, "Count",
            "of them used before they left");
        list.Count(prefix + "prefetchesUseless", PrefetchesUseless, "Count",
            "of them gone without a use");
        list.Quotient(prefix + "prefetchAccuracy", PrefetchesUseful, PrefetchesIssued, "Ratio",
            "useful by issued");
        ulong missed = Misses(AccessClass.Load) + Misses(AccessClass.Store)
            + Misses(AccessClass.Fetch);
        list.Quotient(prefix + "prefetchCoverage", PrefetchesUseful, PrefetchesUseful + missed,
            "Ratio", "useful by useful and demand misses");
    }

    /// <param name="isInclusive">Lines may fall out of L1 by the vCPU's own evictions.</param>
    public void CollectCoherence(StatisticsList list, string prefix, bool isInclusive)
    {
        list.Count(prefix + "invalidationsSent", InvalidationsSent, "Count",
            "vCPUs that lost a line to this one's stores");
        list.Count(prefix + "invalidationsReceived", InvalidationsReceived, "Count",
            "lines lost to other vCPUs' stores");
        list.Count(prefix + "downgradesReceived", DowngradesReceived, "Count",
            "rights to write lost to other vCPUs' reads");
        list.Count(prefix + "backInvalidations", BackInvalidations, "Count",
            "lines lost to evictions of an inclusive outer level");
        if (isInclusive)
        {
            list.Count(prefix + "staleHits", StaleHits, "Count",
                "hits without a record that may have been misses, at most");
        }
    }
}
