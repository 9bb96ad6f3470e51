using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>One vCPU's private caches: the unit of coherence. Its L1D and L2 agree on the right to
/// write a line; its L1I does not watch its own stores.</summary>
internal sealed class VcpuCaches
{
    /// <param name="fastest">The clock of the node's fastest core.</param>
    public VcpuCaches(HierarchyOptions options, VcpuId id, Frequency clock, Frequency fastest)
    {
        Id = id;
        Instructions = options.L1I is null ? null : new TagArray(options.L1I, Seed(1, id));
        Data = new TagArray(options.L1D, Seed(2, id));
        bool hasSecond = options.L2 is not null && options.L2Sharing == CacheSharing.Private;
        Second = hasSecond ? new TagArray(options.L2!, Seed(3, id)) : null;

        Tlbs = options.Translation is null ? null : new VcpuTlbs(options.Translation);
        DataPrefetcher = Prefetcher.Create(options.L1D);
        SecondPrefetcher = hasSecond ? Prefetcher.Create(options.L2) : null;

        uint data = options.L1D.Latency.ToCycles(clock);
        DataCycles = data;
        uint second = options.SecondCycles(clock, fastest);
        uint third = options.L3 is { } l3 ? options.SharedCycles(l3.Latency, clock, fastest) : 0;
        uint[] shared = [hasSecond ? 0 : second, third];
        SharedCycles = [.. shared.Where(c => c != 0)];
        SecondCycles = second;
        DataToCutCycles = Math.Max(data, Math.Max(second, third));
        FetchToCutCycles = Math.Max(
            options.L1I?.Latency.ToCycles(clock) ?? 0, Math.Max(second, third));
        CoherenceCycles = options.Coherence is { } coherence
            ? options.SharedCycles(coherence, clock, fastest)
            : (SharedCycles.Length > 0 ? SharedCycles[0] : DataToCutCycles);
    }

    public VcpuId Id { get; }

    public TagArray? Instructions { get; }

    public TagArray Data { get; }

    /// <summary>The L2, if it is private.</summary>
    public TagArray? Second { get; }

    public CacheCounters InstructionCounters { get; } = new();

    public CacheCounters DataCounters { get; } = new();

    public CacheCounters SecondCounters { get; } = new();

    public DropList Drops { get; } = new();

    /// <summary>Null: addresses need no translation.</summary>
    public VcpuTlbs? Tlbs { get; }

    public Prefetcher? DataPrefetcher { get; }

    public Prefetcher? SecondPrefetcher { get; }

    public uint DataCycles { get; }

    public uint SecondCycles { get; }

    /// <summary>Of the shared levels, from the core outward.</summary>
    public uint[] SharedCycles { get; }

    public uint CoherenceCycles { get; }

    /// <summary>Latency of the last level: when a miss passes the cut.</summary>
    public uint DataToCutCycles { get; }

    public uint FetchToCutCycles { get; }

    /// <summary>Each cache of a node draws other numbers.</summary>
    private static ulong Seed(ulong level, VcpuId id) => (level << 32) | (uint)id.Index;

    public bool Holds(ulong line) =>
        Data.Find(line) >= 0
        || (Second is not null && Second.Find(line) >= 0)
        || (Instructions is not null && Instructions.Find(line) >= 0);

    /// <summary>Takes the line out of all private caches.</summary>
    /// <returns>True if a copy was dirty.</returns>
    public bool Invalidate(ulong line)
    {
        bool dirty = InvalidateFirst(line);
        if (Second is not null)
        {
            ulong entry = Second.Remove(line, out _);
            SecondCounters.PrefetchesUseless += (entry & TagArray.Prefetched) != 0 ? 1UL : 0;
            dirty |= (entry & TagArray.Dirty) != 0;
        }

        return dirty;
    }

    /// <summary>Takes the line out of L1I and L1D. A filter holds no other line of a set than its
    /// most recently used one, so only such a loss is told.</summary>
    public bool InvalidateFirst(ulong line)
    {
        ulong entry = Data.Remove(line, out bool wasMru);
        bool fetchWasMru = false;
        Instructions?.Remove(line, out fetchWasMru);
        if (wasMru || fetchWasMru)
        {
            Drops.Add(line);
        }

        DataCounters.PrefetchesUseless += (entry & TagArray.Prefetched) != 0 ? 1UL : 0;
        return (entry & TagArray.Dirty) != 0;
    }

    /// <summary>Takes away the right to write the line.</summary>
    /// <param name="dirty">A copy was dirty; its data is to be passed outward.</param>
    /// <returns>True if there was a right to write.</returns>
    public bool Downgrade(ulong line, out bool dirty)
    {
        ulong before = 0;
        int slot = Data.Find(line);
        if (slot >= 0)
        {
            ref ulong entry = ref Data.At(slot);
            before = entry;
            entry &= ~(TagArray.Writable | TagArray.Dirty);
            if (before != entry && Data.IsRecent(line))
            {
                Drops.Add(line);
            }
        }

        int second = Second?.Find(line) ?? -1;
        if (second >= 0)
        {
            ref ulong entry = ref Second!.At(second);
            before |= entry;
            entry &= ~(TagArray.Writable | TagArray.Dirty);
        }

        dirty = (before & TagArray.Dirty) != 0;
        return (before & TagArray.Writable) != 0;
    }
}
