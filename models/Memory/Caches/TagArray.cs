using System.Numerics;
using System.Runtime.Intrinsics;

namespace Dilaton.Models.Memory;

/// <summary>Tags of one cache in true LRU order: a set is a run of entries, most recently used
/// first, invalid ones (0) last. An entry is the line's address with its state in the low bits,
/// so that a repeated hit costs one compare.</summary>
internal sealed class TagArray
{
    public const ulong Valid = 1;

    /// <summary>May be stored to without asking: MESI E or M.</summary>
    public const ulong Writable = 2;

    /// <summary>Newer than the next level.</summary>
    public const ulong Dirty = 4;

    public const ulong AddressMask = ~(Valid | Writable | Dirty);
    private const ulong TagMask = ~(Writable | Dirty);

    private readonly ulong[] _entries;
    private readonly int _ways;
    private readonly ulong _setMask;
    private readonly int _lineShift;

    public TagArray(CacheOptions options)
    {
        _ways = options.Ways;
        _setMask = options.Sets - 1;
        _lineShift = BitOperations.Log2((uint)options.LineSizeBytes);
        _entries = new ulong[checked((int)options.Sets * _ways)];
    }

    public int Ways => _ways;

    /// <summary>The most recently used entry of the line's set.</summary>
    public ref ulong Mru(ulong line) => ref _entries[SetStart(line)];

    /// <summary>HOT: per access.</summary>
    public bool IsMru(ulong line) => (_entries[SetStart(line)] & TagMask) == (line | Valid);

    /// <summary>HOT: per store.</summary>
    public bool IsMruDirty(ulong line) =>
        _entries[SetStart(line)] == (line | Valid | Writable | Dirty);

    /// <summary>Slot of the line, or -1. HOT: per hit that is not the set's last line.</summary>
    public int Find(ulong line)
    {
        int start = SetStart(line);
        ReadOnlySpan<ulong> set = _entries.AsSpan(start, _ways);
        ulong wanted = line | Valid;

        // All ways at once: the place of a hit is as good as random, and a mispredicted branch
        // costs more than the comparisons.
        if (set.Length == 8)
        {
            uint hits = Matches(set, wanted) | (Matches(set[4..], wanted) << 4);
            return hits == 0 ? -1 : start + BitOperations.TrailingZeroCount(hits);
        }

        int i = 0;
        for (; i + 4 <= set.Length; i += 4)
        {
            uint hits = Matches(set[i..], wanted);
            if (hits != 0)
            {
                return start + i + BitOperations.TrailingZeroCount(hits);
            }
        }

        for (; i < set.Length; i++)
        {
            if ((set[i] & TagMask) == wanted)
            {
                return start + i;
            }
        }

        return -1;
    }

    /// <summary>Counts as a use if the line is there. HOT: per load and fetch.</summary>
    public bool TryUse(ulong line)
    {
        int slot = Find(line);
        if (slot < 0)
        {
            return false;
        }

        Touch(line, slot);
        return true;
    }

    /// <summary>Counts as a store if the line is there and writable. HOT: per store.</summary>
    public bool TryStore(ulong line)
    {
        int slot = Find(line);
        if (slot < 0 || (_entries[slot] & Writable) == 0)
        {
            return false;
        }

        Touch(line, slot) |= Dirty;
        return true;
    }

    public ref ulong At(int slot) => ref _entries[slot];

    /// <summary>Makes the line at the slot its set's most recently used one.</summary>
    public ref ulong Touch(ulong line, int slot)
    {
        int start = SetStart(line);
        Span<ulong> run = _entries.AsSpan(start, slot - start + 1);
        ulong entry = run[^1];
        for (int i = run.Length - 1; i > 0; i--)
        {
            run[i] = run[i - 1];
        }

        run[0] = entry;
        return ref _entries[start];
    }

    /// <summary>Puts the entry first, or second behind the most recently used line.</summary>
    /// <returns>The entry that had to leave, or 0.</returns>
    public ulong Insert(ulong entry, bool second = false)
    {
        Span<ulong> set = _entries.AsSpan(SetStart(entry & AddressMask), _ways);
        int rank = second && set[0] != 0 ? 1 : 0;
        ulong victim = set[^1];
        set[rank..^1].CopyTo(set[(rank + 1)..]);
        set[rank] = entry;
        return victim;
    }

    /// <returns>The entry that was there, or 0.</returns>
    public ulong Remove(ulong line, out bool wasMru)
    {
        int slot = Find(line);
        wasMru = false;
        if (slot < 0)
        {
            return 0;
        }

        int start = SetStart(line);
        Span<ulong> set = _entries.AsSpan(start, _ways);
        int rank = slot - start;
        ulong entry = set[rank];
        set[(rank + 1)..].CopyTo(set[rank..]);
        set[^1] = 0;
        wasMru = rank == 0;
        return entry;
    }

    /// <summary>The set of the line in LRU order, most recently used first.</summary>
    public ReadOnlySpan<ulong> Set(ulong line) => _entries.AsSpan(SetStart(line), _ways);

    public ReadOnlySpan<ulong> Entries => _entries;

    /// <summary>One bit for each of the first four entries that hold the line.</summary>
    private static uint Matches(ReadOnlySpan<ulong> entries, ulong wanted) =>
        Vector256.Equals(
            Vector256.Create(entries) & Vector256.Create(TagMask), Vector256.Create(wanted))
            .ExtractMostSignificantBits();

    private int SetStart(ulong line) => (int)((line >> _lineShift) & _setMask) * _ways;
}
