using System.Numerics;
using System.Runtime.CompilerServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>As <see cref="RecordLoop"/>, and tells of each record how far before it the latest load is that
/// its address comes from.</summary>
public static unsafe class ProducerLoop
{
    /// <summary>Decodes from word <paramref name="at"/> on. HOT: per block and access.</summary>
    /// <param name="flows">Of each path.</param>
    /// <param name="distances">A column beside the others.</param>
    /// <param name="latest">Of each of the <see cref="ProducerFlow.Names"/> its load; grows with the
    /// paths.</param>
    /// <param name="sliceStart">What a unit offset from the start of the slice is added to, to name a load.
    /// </param>
    /// <returns>Where it stopped: as <see cref="RecordLoop.Run"/>.</returns>
    public static int Run(
        ReadOnlySpan<ulong> words,
        int at,
        ReadOnlySpan<BlockPath> paths,
        ReadOnlySpan<ProducerFlow> flows,
        ReadOnlySpan<AccessTemplate> templates,
        ulong[] segments,
        TlbEntry[] tlb,
        in RecordLoop.Columns columns,
        Span<uint> distances,
        Span<ulong> latest,
        ulong sliceStart,
        int countMax,
        ref RecordLoop.Progress progress)
    {
        Invariant.Require(tlb.Length == RecordLoop.TlbEntries && segments.Length == RecordLoop.SlowBase);
        Invariant.Require(latest.Length == ProducerFlow.Names && distances.Length == columns.Offsets.Length);
        Invariant.Require(flows.Length == paths.Length);
        ulong* bases = stackalloc ulong[RecordLoop.SlowBase + 1];
        segments.CopyTo(new Span<ulong>(bases, RecordLoop.SlowBase));
        bases[RecordLoop.SlowBase] = RecordLoop.Unmatched;
        ulong* next = stackalloc ulong[ProducerFlow.Names];

        // SAFETY: as in RecordLoop; a template's producer is a template of the same block before it, and
        // registers and names are below Names.
        unsafe
        {
            fixed (ulong* word = words)
            fixed (BlockPath* allPaths = paths)
            fixed (ProducerFlow* allFlows = flows)
            fixed (AccessTemplate* allTemplates = templates)
            fixed (TlbEntry* entries = tlb)
            fixed (ulong* addresses = columns.Addresses)
            fixed (byte* sizes = columns.Sizes)
            fixed (MemoryEventKind* kinds = columns.Kinds)
            fixed (uint* offsets = columns.Offsets)
            fixed (uint* told = distances)
            fixed (ulong* loads = latest)
            {
                Pinned pinned = new()
                {
                    Paths = allPaths,
                    Flows = allFlows,
                    Templates = allTemplates,
                    Bases = bases,
                    Tlb = entries,
                    Addresses = addresses,
                    Sizes = sizes,
                    Kinds = kinds,
                    Offsets = offsets,
                    Distances = told,
                    Latest = loads,
                    Next = next,
                };
                return Decode(word, at, words.Length, countMax, pinned, sliceStart, ref progress);
            }
        }
    }

    private static int Decode(
        ulong* word,
        int at,
        int length,
        int countMax,
        Pinned pinned,
        ulong sliceStart,
        ref RecordLoop.Progress progress)
    {
        int to = progress.Count;
        ulong units = progress.Units;
        ulong instructions = progress.Instructions;
        ulong lastLine = progress.LastLine;
        long suppressed = progress.SuppressedFetches;
        while (at < length && to <= countMax)
        {
            uint number = (uint)word[at];
            BlockPath* path = pinned.Paths + number;
            int skipped = path->FirstLine == lastLine ? 1 : 0;
            AccessTemplate* item = pinned.Templates + path->FirstTemplate + skipped;
            AccessTemplate* end = pinned.Templates + path->FirstTemplate + path->TemplateCount;
            ulong start = sliceStart + units;
            int made = to;
            for (; item < end; item++, made++)
            {
                ulong address = (ulong)item->Displacement + pinned.Bases[item->FastBase];
                if (item->Slot >= 0)
                {
                    address += word[at + 1 + item->Slot];
                }

                TlbEntry* entry =
                    pinned.Tlb + ((int)(address >> GuestPage.Shift) & (RecordLoop.TlbEntries - 1));
                byte size = item->Size;
                if (entry->Tag != ((address + size - 1) >> GuestPage.Shift) + 1)
                {
                    goto stop;
                }

                pinned.Addresses[made] = address + entry->Distance;
                pinned.Sizes[made] = size;
                pinned.Kinds[made] = item->Kind;
                pinned.Offsets[made] = (uint)units + item->OffsetUnits;
                pinned.Distances[made] = DistanceOf(item, pinned.Latest, start);
            }

            Finish(pinned.Flows + number, pinned.Latest, pinned.Next, start);
            to = made;
            units += path->Units;
            instructions += path->Instructions;
            suppressed += path->Instructions - path->Fetches + skipped;
            lastLine = path->LastLine;
            at += 1 + path->ValueCount;
        }

    stop:
        progress.Count = to;
        progress.Units = units;
        progress.Instructions = instructions;
        progress.LastLine = lastLine;
        progress.SuppressedFetches = suppressed;
        return at;
    }

    /// <summary>A load of the block itself is so far away as their offsets say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint DistanceOf(AccessTemplate* item, ulong* latest, ulong start)
    {
        if (item->Producer > 0)
        {
            return item->OffsetUnits - (item - item->Producer)->OffsetUnits;
        }

        ulong producer = LatestOf(latest, item->ProducerRegisters);
        return producer == 0 ? 0 : (uint)Math.Min(uint.MaxValue, start + item->OffsetUnits - producer);
    }

    /// <summary>All that is derived is so from what the path found.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ProducerFlow* flow, ulong* latest, ulong* next, ulong start)
    {
        for (int names = flow->Derived; names != 0; names &= names - 1)
        {
            int name = BitOperations.TrailingZeroCount(names);
            next[name] = LatestOf(latest, flow->FoundOf(name));
        }

        for (int names = flow->Derived; names != 0; names &= names - 1)
        {
            int name = BitOperations.TrailingZeroCount(names);
            latest[name] = next[name];
        }

        for (int names = flow->Loaded; names != 0; names &= names - 1)
        {
            int name = BitOperations.TrailingZeroCount(names);
            latest[name] = start + flow->OffsetOf(name);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LatestOf(ulong* latest, int registers)
    {
        ulong found = 0;
        for (; registers != 0; registers &= registers - 1)
        {
            found = Math.Max(found, latest[BitOperations.TrailingZeroCount(registers)]);
        }

        return found;
    }

    private struct Pinned
    {
        public BlockPath* Paths;
        public ProducerFlow* Flows;
        public AccessTemplate* Templates;
        public ulong* Bases;
        public TlbEntry* Tlb;
        public ulong* Addresses;
        public byte* Sizes;
        public MemoryEventKind* Kinds;
        public uint* Offsets;
        public uint* Distances;
        public ulong* Latest;

        /// <summary>Room for as many.</summary>
        public ulong* Next;
    }
}
