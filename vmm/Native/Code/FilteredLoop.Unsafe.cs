using System.Runtime.Intrinsics;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>The inner loop of the record decoder behind a filter: a word with <see
/// cref="MissBit"/> is a record's template, followed by its address; any other is the number of a
/// path that has been taken to its end.</summary>
public static unsafe class FilteredLoop
{
    /// <summary>Marks a record; the rest is the template's number.</summary>
    public const uint MissBit = 0x8000_0000;

    private const int Kinds = 16;

    /// <summary>Decodes from word <paramref name="at"/> on. HOT: per path and record.</summary>
    /// <returns>Where it stopped: the end, a record that the caller must decode itself, or any
    /// record if more than <paramref name="countMax"/> wait.</returns>
    public static int Run(
        ReadOnlySpan<ulong> words,
        int at,
        ReadOnlySpan<BlockPath> paths,
        ReadOnlySpan<AccessTemplate> templates,
        TlbEntry[] tlb,
        in RecordLoop.Columns columns,
        int countMax,
        ref RecordLoop.Progress progress,
        ref SuppressedCounts suppressed)
    {
        Invariant.Require(tlb.Length == RecordLoop.TlbEntries && words.Length <= SureHitLoop.WordsMax);

        // SAFETY: the translator wrote the words: each names a path or a template in its table, and
        // a template is followed by one address. Kinds are below 16. The columns are longer than
        // countMax. All arrays are pinned here.
        unsafe
        {
            long* counts = stackalloc long[Kinds];
            new Span<long>(counts, Kinds).Clear();
            fixed (ulong* word = words)
            fixed (BlockPath* allPaths = paths)
            fixed (AccessTemplate* allTemplates = templates)
            fixed (TlbEntry* entries = tlb)
            fixed (ulong* addresses = columns.Addresses)
            fixed (byte* sizes = columns.Sizes)
            fixed (MemoryEventKind* kinds = columns.Kinds)
            fixed (uint* offsets = columns.Offsets)
            {
                Pinned pinned = new()
                {
                    Paths = allPaths,
                    Templates = allTemplates,
                    Tlb = entries,
                    Addresses = addresses,
                    Sizes = sizes,
                    Kinds = kinds,
                    Offsets = offsets,
                };
                at = Decode(word, at, words.Length, countMax, pinned, counts, ref progress);
            }

            progress.SuppressedFetches += counts[(int)MemoryEventKind.Fetch];
            suppressed.Loads += counts[(int)MemoryEventKind.Load];
            suppressed.Stores += counts[(int)MemoryEventKind.Store];
            suppressed.Modifies += counts[(int)MemoryEventKind.Modify];
            suppressed.Atomics += counts[(int)MemoryEventKind.Atomic];
        }

        return at;
    }

    private static int Decode(
        ulong* word,
        int at,
        int length,
        int countMax,
        Pinned pinned,
        long* counts,
        ref RecordLoop.Progress progress)
    {
        int to = progress.Count;
        ulong units = progress.Units;
        ulong instructions = progress.Instructions;
        ulong before = instructions;
        Vector128<uint> accesses = default;
        while (at < length)
        {
            uint number = (uint)word[at];
            if ((number & MissBit) == 0)
            {
                BlockPath* path = pinned.Paths + number;
                units += path->Units;
                instructions += path->Instructions;
                accesses += Vector128.Load(&path->Loads);
                at++;
                continue;
            }

            AccessTemplate* item = pinned.Templates + (number & ~MissBit);
            MemoryEventKind kind = item->Kind;
            byte size = item->Size;
            ulong address = kind == MemoryEventKind.Fetch
                ? (ulong)item->Displacement
                : word[at + 1];
            TlbEntry* entry =
                pinned.Tlb + ((int)(address >> GuestPage.Shift) & (RecordLoop.TlbEntries - 1));
            if (to > countMax || item->FastBase == RecordLoop.SlowBase
                || entry->Tag != (address >> GuestPage.Shift) + 1
                || (address & GuestPage.OffsetMask) + size > GuestPage.SizeBytes)
            {
                break;
            }

            pinned.Addresses[to] = address + entry->Distance;
            pinned.Sizes[to] = size;
            pinned.Kinds[to] = kind;
            pinned.Offsets[to] = (uint)units + item->OffsetUnits;
            counts[(int)kind]--;
            to++;
            at += 2;
        }

        progress.Count = to;
        progress.Units = units;
        progress.Instructions = instructions;

        // The accesses of all paths, records or not.
        counts[(int)MemoryEventKind.Fetch] += (long)(instructions - before);
        counts[(int)MemoryEventKind.Load] += accesses[0];
        counts[(int)MemoryEventKind.Store] += accesses[1];
        counts[(int)MemoryEventKind.Modify] += accesses[2];
        counts[(int)MemoryEventKind.Atomic] += accesses[3];
        return at;
    }

    private struct Pinned
    {
        public BlockPath* Paths;
        public AccessTemplate* Templates;
        public TlbEntry* Tlb;
        public ulong* Addresses;
        public byte* Sizes;
        public MemoryEventKind* Kinds;
        public uint* Offsets;
    }
}
