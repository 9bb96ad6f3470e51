using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dilaton.Models.Memory;

/// <summary>Tags of one cache. In true LRU order a set is a run of entries, most recently used
/// first, invalid ones (0) last; with another policy entries keep their ways (TagArray.Ways.cs).
/// An entry is the line's address with its state in the low bits, so that a repeated hit costs one
/// compare.</summary>
internal sealed partial class TagArray
{
    public const ulong Valid = 1;

    /// <summary>May be stored to without asking: MESI E or M.</summary>
    public const ulong Writable = 2;

    /// <summary>Newer than the next level.</summary>
    public const ulong Dirty = 4;

    /// <summary>Brought by a hardware prefetcher, and not used since.</summary>
    public const ulong Prefetched = 8;

    public const ulong AddressMask = ~(Valid | Writable | Dirty | Prefetched);
    private const ulong TagMask = ~(Writable | Dirty | Prefetched);

    private const int HostLineBytes = 64;
    private const int HostLineEntries = HostLineBytes / sizeof(ulong);

    private readonly ulong[] _entries;
    private readonly int _first;
    private readonly int _ways;
    private readonly ulong _setMask;
    private readonly int _lineShift;

    /// <param name="seed">See <see cref="WayPolicy.Create"/>.</param>
    public TagArray(CacheOptions options, ulong seed)
        : this(options.Sets, options.Ways, BitOperations.Log2((uint)options.LineSizeBytes))
    {
        int sets = (int)options.Sets;
        _policy = WayPolicy.Create(options.Replacement, sets, _ways, seed);
        _recent = _policy is null ? [] : new byte[sets];
    }

    /// <summary>True LRU.</summary>
    /// <param name="lineShift">What part of an address says nothing of its line.</param>
    public TagArray(ulong sets, int ways, int lineShift)
    {
        _ways = ways;
        _setMask = sets - 1;
        _lineShift = lineShift;
        _recent = [];

        // A set that begins with a cache line of the host touches one line less.
        int count = checked(((int)sets * _ways) + HostLineEntries);
        _entries = GC.AllocateArray<ulong>(count, pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(_entries, 0);
        _first = (int)(-address & (HostLineBytes - 1)) / sizeof(ulong);
    }

    public int Ways => _ways;

    /// <summary>Whether the set is in the order of use, which is what the methods InOrder need.
    /// </summary>
    public bool IsLru => _policy is null;

    /// <summary>The most recently used entry of the line's set, or 0.</summary>
    public ulong Mru(ulong line) =>
        _policy is null ? _entries[SetStart(line)] : RecentOfWays(line);

    public bool IsRecent(ulong line) => (Mru(line) & TagMask) == (line | Valid);

    /// <summary>In order. HOT: per access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsMru(ulong line) => (_entries[SetStart(line)] & TagMask) == (line | Valid);

    /// <summary>In order. HOT: per store.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsMruDirty(ulong line) =>
        _entries[SetStart(line)] == (line | Valid | Writable | Dirty);

    /// <summary>Slot of the line, or -1.</summary>
    public int Find(ulong line)
    {
        int way = LruSet.Find(SetOf(line), line | Valid, TagMask);
        return way < 0 ? way : SetStart(line) + way;
    }

    /// <summary>Counts as a use if the line is there. HOT: per miss.</summary>
    /// <param name="entry">Its entry, or 0.</param>
    public bool TryUse(ulong line, out ulong entry) => _policy is null
        ? TryUseInOrder(line, out entry) : TryUseOfWays(line, out entry);

    /// <summary>As <see cref="TryUse"/>. HOT: per load and fetch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryUseInOrder(ulong line) => LruSet.Use(SetOf(line), line | Valid, TagMask, 0, 0) >= 0;

    /// <summary>As <see cref="TryUse"/>.</summary>
    private bool TryUseInOrder(ulong line, out ulong entry)
    {
        Span<ulong> set = SetOf(line);
        bool found = LruSet.Use(set, line | Valid, TagMask, 0, 0) >= 0;
        entry = found ? set[0] : 0;
        return found;
    }

    /// <summary>Counts as a store if the line is there and writable. HOT: per store.</summary>
    public bool TryStoreInOrder(ulong line, out bool isHeld)
    {
        int way = LruSet.Use(SetOf(line), line | Valid, TagMask, Writable, Dirty);
        isHeld = way != -1;
        return way >= 0;
    }

    /// <summary>Takes a dirty copy from an inner level if the line is there. HOT: per write-back.
    /// </summary>
    /// <param name="isUse">It counts as a use.</param>
    public bool TryTakeDirty(ulong line, bool isUse)
    {
        Span<ulong> set = SetOf(line);
        int way = LruSet.Find(set, line | Valid, TagMask);
        if (way < 0)
        {
            return false;
        }

        if (isUse && _policy is null)
        {
            LruSet.Promote(set, way, set[way] | Dirty);
            return true;
        }

        set[way] |= Dirty;
        if (isUse)
        {
            UseWay(line, way);
        }

        return true;
    }

    /// <summary>Uses the line if it is there, else inserts it, clean. HOT: per miss.</summary>
    /// <param name="victim">The entry that had to leave, or 0.</param>
    /// <returns>True if it was there.</returns>
    public bool UseOrInsert(ulong line, out ulong victim)
    {
        if (_policy is not null)
        {
            return UseOrInsertInWays(line, out victim);
        }

        Span<ulong> set = SetOf(line);
        int way = LruSet.Find(set, line | Valid, TagMask);
        bool found = way >= 0;
        victim = found ? 0 : set[^1];
        LruSet.Promote(set, found ? way : set.Length - 1, found ? set[way] : line | Valid);
        return found;
    }

    /// <summary>Clears <see cref="Prefetched"/> of a line that is there.</summary>
    public void ClearPrefetched(ulong line) => _entries[Find(line)] &= ~Prefetched;

    public ref ulong At(int slot) => ref _entries[slot];

    /// <summary>Makes the line at the slot its set's most recently used one.</summary>
    public ref ulong Touch(ulong line, int slot)
    {
        int start = SetStart(line);
        if (_policy is not null)
        {
            UseWay(line, slot - start);
            return ref _entries[slot];
        }

        LruSet.Promote(_entries.AsSpan(start, _ways), slot - start, _entries[slot]);
        return ref _entries[start];
    }

    /// <summary>Puts the entry first. HOT: per miss.</summary>
    /// <returns>The entry that had to leave, or 0.</returns>
    public ulong Insert(ulong entry)
    {
        if (_policy is not null)
        {
            return InsertInWays(entry);
        }

        Span<ulong> set = SetOf(entry & AddressMask);
        ulong victim = set[^1];
        LruSet.Promote(set, set.Length - 1, entry);
        return victim;
    }

    /// <summary>Puts the entry second, behind the most recently used line if there is one.</summary>
    /// <returns>The entry that had to leave, or 0.</returns>
    public ulong InsertSecond(ulong entry)
    {
        if (_policy is not null)
        {
            return InsertSecondInWays(entry);
        }

        Span<ulong> set = SetOf(entry & AddressMask);
        ulong first = set[0];
        ulong victim = Insert(entry);
        if (first != 0)
        {
            (set[0], set[1]) = (set[1], set[0]);
        }

        return victim;
    }

    /// <summary>Reads the set of a line that will soon be asked for, so that the host's caches
    /// have it by then.</summary>
    /// <returns>Of no meaning.</returns>
    public ulong Warm(ulong line)
    {
        ReadOnlySpan<ulong> set = SetOf(line);
        ulong sum = 0;
        for (int i = 0; i < set.Length; i += HostLineEntries)
        {
            sum += set[i];
        }

        return sum;
    }

    /// <summary>The least recently used entry of the line's set, or 0; of no meaning with another
    /// policy.</summary>
    public ulong Last(ulong line) => SetOf(line)[^1];

    /// <returns>The entry that was there, or 0.</returns>
    public ulong Remove(ulong line, out bool wasMru)
    {
        Span<ulong> set = SetOf(line);
        int way = LruSet.Find(set, line | Valid, TagMask);
        wasMru = way == 0;
        if (_policy is not null)
        {
            return RemoveFromWays(line, way, out wasMru);
        }

        if (way < 0)
        {
            return 0;
        }

        ulong entry = set[way];
        set[(way + 1)..].CopyTo(set[way..]);
        set[^1] = 0;
        return entry;
    }

    /// <summary>The set of the line in LRU order, most recently used first.</summary>
    public ReadOnlySpan<ulong> Set(ulong line) => SetOf(line);

    public ReadOnlySpan<ulong> Entries =>
        _entries.AsSpan(_first, _entries.Length - HostLineEntries);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<ulong> SetOf(ulong line) => _entries.AsSpan(SetStart(line), _ways);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SetStart(ulong line) => _first + (SetIndex(line) * _ways);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SetIndex(ulong line) => (int)((line >> _lineShift) & _setMask);
}
