using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>As <see cref="RecordLoop"/>, but leaves out records that are sure to hit L1 and to leave
/// its order as it is, and counts them: those of the line that its group of sets was asked for last.
/// The tags are the filter's (<see cref="VcpuContext.LoadTags"/> and so on), of guest-virtual lines, so
/// that a sure hit needs no translation.</summary>
public static unsafe class SureHitLoop
{
    private const int LineShift = 6;
    private const int Tables = 3;
    private const int Kinds = 16;

    /// <summary>So many words that no 32-bit count of their accesses overflows.</summary>
    internal const int WordsMax = 1 << 21;

    /// <summary>Decodes from word <paramref name="at"/> on. HOT: per block and access.</summary>
    /// <param name="sure">Grows by the accesses left out.</param>
    /// <returns>Where it stopped: the end, any path if more than <paramref name="countMax"/> records wait
    /// or were left out, or a path of which the caller must decode the record number <see
    /// cref="RecordLoop.Progress.Item"/>, and then go on behind it.</returns>
    public static int Run(
        ReadOnlySpan<ulong> words,
        int at,
        ReadOnlySpan<BlockPath> paths,
        ReadOnlySpan<AccessTemplate> templates,
        ulong[] segments,
        TlbEntry[] tlb,
        in Tags tags,
        in RecordLoop.Columns columns,
        int countMax,
        ref RecordLoop.Progress progress,
        ref SuppressedCounts sure)
    {
        Invariant.Require(tlb.Length == RecordLoop.TlbEntries && segments.Length == RecordLoop.SlowBase);
        Invariant.Require(words.Length <= WordsMax);
        ulong* bases = stackalloc ulong[RecordLoop.SlowBase + 1];
        segments.CopyTo(new Span<ulong>(bases, RecordLoop.SlowBase));
        bases[RecordLoop.SlowBase] = RecordLoop.Unmatched;
        long* counts = stackalloc long[Kinds];
        new Span<long>(counts, Kinds).Clear();

        // SAFETY: as in RecordLoop; kinds are below 16; each table of tags has as many as its mask says.
        unsafe
        {
            fixed (ulong* word = words)
            fixed (BlockPath* allPaths = paths)
            fixed (AccessTemplate* allTemplates = templates)
            fixed (TlbEntry* entries = tlb)
            fixed (ulong* loads = tags.Loads)
            fixed (ulong* stores = tags.Stores)
            fixed (ulong* fetches = tags.Fetches)
            fixed (ulong* addresses = columns.Addresses)
            fixed (byte* sizes = columns.Sizes)
            fixed (MemoryEventKind* kinds = columns.Kinds)
            fixed (uint* offsets = columns.Offsets)
            {
                Pinned pinned = new()
                {
                    Paths = allPaths,
                    Templates = allTemplates,
                    Bases = bases,
                    Tlb = entries,
                    Loads = loads,
                    Stores = stores,
                    Fetches = fetches,
                    DataMask = tags.DataMask,
                    FetchMask = tags.FetchMask,
                    FetchStart = tags.FetchStart,
                    Addresses = addresses,
                    Sizes = sizes,
                    Kinds = kinds,
                    Offsets = offsets,
                };
                at = Decode(word, at, words.Length, countMax, pinned, counts, ref progress);
            }
        }

        sure.Loads += counts[(int)MemoryEventKind.Load];
        sure.Stores += counts[(int)MemoryEventKind.Store];
        sure.Modifies += counts[(int)MemoryEventKind.Modify];
        sure.Atomics += counts[(int)MemoryEventKind.Atomic];
        sure.Fetches += counts[(int)MemoryEventKind.Fetch];
        return at;
    }

    private static int Decode(
        ulong* word,
        int at,
        int length,
        int countMax,
        in Pinned pinned,
        long* counts,
        ref RecordLoop.Progress progress)
    {
        ulong** tables = stackalloc ulong*[Tables] { pinned.Loads, pinned.Stores, pinned.Fetches };
        ulong* masks = stackalloc ulong[Tables] { pinned.DataMask, pinned.DataMask, pinned.FetchMask };
        ulong* starts = stackalloc ulong[Tables] { 0, 0, pinned.FetchStart };
        ulong* bases = pinned.Bases;
        int elided = progress.Elided;
        int done = progress.Item;
        ulong units = progress.Units;
        ulong lastLine = progress.LastLine;
        Vector128<uint> accesses = default;
        while (at < length && (done > 0 || progress.Count + elided <= countMax))
        {
            BlockPath* path = pinned.Paths + (uint)word[at];
            int skipped = path->FirstLine == lastLine ? 1 : 0;
            AccessTemplate* first = pinned.Templates + path->FirstTemplate + skipped;
            AccessTemplate* end = pinned.Templates + path->FirstTemplate + path->TemplateCount;
            AccessTemplate* item = first + done;
            ulong* values = word + at + 1;
            for (; item < end; item++)
            {
                ulong address = (ulong)item->Displacement + bases[item->FastBase];
                if (item->Slot >= 0)
                {
                    address += values[item->Slot];
                }

                int table = item->TagTable;
                ulong line = (address + item->Size - 1 - starts[table]) >> LineShift;
                if (tables[table][(address >> LineShift) & masks[table]] == line)
                {
                    elided++;
                }
                else if (!TryRecord(pinned, item, address, (uint)units, counts, ref progress))
                {
                    progress.Item = (int)(item - first);
                    goto stop;
                }
            }

            done = 0;
            progress.Item = 0;
            units += path->Units;
            progress.Instructions += path->Instructions;
            progress.SuppressedFetches += path->Instructions - path->Fetches + skipped;
            counts[(int)MemoryEventKind.Fetch] += path->Fetches - skipped;
            accesses += Vector128.Load(&path->Loads);
            lastLine = path->LastLine;
            at += 1 + path->ValueCount;
        }

    stop:
        progress.Elided = elided;
        progress.Units = units;
        progress.LastLine = lastLine;
        counts[(int)MemoryEventKind.Load] += accesses[0];
        counts[(int)MemoryEventKind.Store] += accesses[1];
        counts[(int)MemoryEventKind.Modify] += accesses[2];
        counts[(int)MemoryEventKind.Atomic] += accesses[3];
        return at;
    }

    /// <summary>Makes the record, and its line or lines their groups' last.</summary>
    /// <returns>False if the caller must.</returns>
    private static bool TryRecord(
        in Pinned pinned,
        AccessTemplate* item,
        ulong address,
        uint units,
        long* counts,
        ref RecordLoop.Progress progress)
    {
        TlbEntry* entry =
            pinned.Tlb + ((int)(address >> GuestPage.Shift) & (RecordLoop.TlbEntries - 1));
        byte size = item->Size;
        MemoryEventKind kind = item->Kind;
        if (entry->Tag != ((address + size - 1) >> GuestPage.Shift) + 1)
        {
            return false;
        }

        int to = progress.Count++;
        pinned.Addresses[to] = address + entry->Distance;
        pinned.Sizes[to] = size;
        pinned.Kinds[to] = kind;
        pinned.Offsets[to] = units + item->OffsetUnits;
        counts[(int)kind]--;
        if (kind == MemoryEventKind.Fetch)
        {
            pinned.Fetches[(address >> LineShift) & pinned.FetchMask] =
                (address - pinned.FetchStart) >> LineShift;
            return true;
        }

        SetTags(pinned, address >> LineShift, kind);
        SetTags(pinned, (address + size - 1) >> LineShift, kind);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetTags(in Pinned pinned, ulong line, MemoryEventKind kind)
    {
        pinned.Loads[line & pinned.DataMask] = line;
        pinned.Stores[line & pinned.DataMask] = kind == MemoryEventKind.Load ? 0 : line;
    }

    /// <summary>The line asked for last in each group, or 0.</summary>
    public readonly ref struct Tags(Span<ulong> loads, Span<ulong> stores, Span<ulong> fetches)
    {
        public Span<ulong> Loads { get; } = loads;

        /// <summary>0 if what came last was a load.</summary>
        public Span<ulong> Stores { get; } = stores;

        /// <summary>Counted from <see cref="FetchStart"/>.</summary>
        public Span<ulong> Fetches { get; } = fetches;

        public required ulong DataMask { get; init; }

        public required ulong FetchMask { get; init; }

        public required ulong FetchStart { get; init; }
    }

    private struct Pinned
    {
        public BlockPath* Paths;
        public AccessTemplate* Templates;
        public ulong* Bases;
        public TlbEntry* Tlb;
        public ulong* Loads;
        public ulong* Stores;
        public ulong* Fetches;
        public ulong DataMask;
        public ulong FetchMask;
        public ulong FetchStart;
        public ulong* Addresses;
        public byte* Sizes;
        public MemoryEventKind* Kinds;
        public uint* Offsets;
    }
}
