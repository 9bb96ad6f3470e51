using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>One vCPU's translation look-aside buffers and what it keeps of upper levels of the page
/// table. Entries are those of physical pages: a page mapped twice has one.</summary>
internal sealed class VcpuTlbs
{
    private readonly TagArray _instructions;
    private readonly TagArray _data;
    private readonly TagArray? _second;
    private readonly TagArray[] _upper;
    private ulong _lastData = ulong.MaxValue;
    private ulong _lastFetch = ulong.MaxValue;

    public VcpuTlbs(TranslationOptions options)
    {
        _instructions = Make(options.Instructions);
        _data = Make(options.Data);
        _second = options.Second is null ? null : Make(options.Second);
        _upper = options.WalkCacheEntries == 0
            ? []
            : [.. Enumerable.Range(1, PageTableAddress.Levels - 1).Select(
                _ => new TagArray(1, options.WalkCacheEntries, GuestPage.Shift))];
        SecondCycles = options.SecondCycles;
    }

    public uint SecondCycles { get; }

    public bool HasSecond => _second is not null;

    public TlbCounters FetchCounters { get; } = new();

    public TlbCounters DataCounters { get; } = new();

    public TlbCounters SecondCounters { get; } = new();

    public ulong Walks { get; set; }

    public ulong WalkReads { get; set; }

    /// <summary>Looks into the first level, which then has the page. HOT: per line accessed.</summary>
    public bool TryFirst(ulong page, bool isFetch)
    {
        ref ulong last = ref isFetch ? ref _lastFetch : ref _lastData;
        TlbCounters counters = isFetch ? FetchCounters : DataCounters;
        if (page == last || Look(isFetch ? _instructions : _data, page))
        {
            last = page;
            counters.Hits++;
            return true;
        }

        last = page;
        counters.Misses++;
        return false;
    }

    /// <summary>Looks into the second level, which then has the page.</summary>
    public bool TrySecond(ulong page)
    {
        if (_second is null)
        {
            return false;
        }

        bool found = Look(_second, page);
        SecondCounters.Hits += found ? 1UL : 0;
        SecondCounters.Misses += found ? 0UL : 1;
        return found;
    }

    /// <summary>The levels of the page table that a walk reads: this many, from the page's own entry
    /// up. What is read is kept.</summary>
    public int WalkLevels(ulong page)
    {
        int levels = 1;
        for (int level = 1; level < PageTableAddress.Levels; level++)
        {
            if (_upper.Length > 0
                && Look(_upper[level - 1], PageTableAddress.Span(level, page) << GuestPage.Shift))
            {
                return levels;
            }

            levels++;
        }

        return levels;
    }

    public void ResetStatistics()
    {
        FetchCounters.Reset();
        DataCounters.Reset();
        SecondCounters.Reset();
        Walks = WalkReads = 0;
    }

    private static TagArray Make(TlbOptions options) => new(
        (ulong)options.Sets, options.Ways, BitOperations.Log2((uint)GuestPage.SizeBytes));

    private static bool Look(TagArray tags, ulong page)
    {
        bool found = tags.TryUse(page, out _);
        if (!found)
        {
            tags.Insert(page | TagArray.Valid);
        }

        return found;
    }
}
