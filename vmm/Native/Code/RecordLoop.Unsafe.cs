using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>The inner loop of the record decoder: from path numbers and captured values to columns
/// of physical addresses, sizes, kinds and offsets. Unsafe because bounds checks and spans per
/// block cost more than the work itself.</summary>
public static unsafe class RecordLoop
{
    public const int TlbEntries = 2048;

    /// <summary><see cref="AccessTemplate.FastBase"/> of records that this loop leaves to its
    /// caller.</summary>
    public const byte SlowBase = 3;

    /// <summary>Added to an address, it gives one that no TLB entry holds.</summary>
    internal const ulong Unmatched = 1UL << 63;

    /// <summary>Decodes from word <paramref name="at"/> on. HOT: per block and access.</summary>
    /// <returns>Where it stopped: the end, a path that the caller must decode itself, or any path
    /// if more than <paramref name="countMax"/> records wait.</returns>
    public static int Run(
        ReadOnlySpan<ulong> words,
        int at,
        ReadOnlySpan<BlockPath> paths,
        ReadOnlySpan<AccessTemplate> templates,
        ulong[] segments,
        TlbEntry[] tlb,
        in Columns columns,
        int countMax,
        ref Progress progress)
    {
        Invariant.Require(tlb.Length == TlbEntries && segments.Length == SlowBase);
        ulong* bases = stackalloc ulong[SlowBase + 1];
        segments.CopyTo(new Span<ulong>(bases, SlowBase));
        bases[SlowBase] = Unmatched;
        int to = progress.Count;
        ulong units = progress.Units;
        ulong instructions = progress.Instructions;
        ulong lastLine = progress.LastLine;
        long suppressed = progress.SuppressedFetches;
        int length = words.Length;

        // SAFETY: the translator wrote the words: each names a path in the table and is followed
        // by that path's values; a path's templates lie in their table and name its values only.
        // The caller leaves more room above countMax than any path has records. All arrays are
        // pinned here.
        unsafe
        {
            fixed (ulong* word = words)
            fixed (BlockPath* allPaths = paths)
            fixed (AccessTemplate* allTemplates = templates)
            fixed (TlbEntry* entries = tlb)
            fixed (ulong* addresses = columns.Addresses)
            fixed (byte* sizes = columns.Sizes)
            fixed (MemoryEventKind* kinds = columns.Kinds)
            fixed (uint* offsets = columns.Offsets)
            {
                while (at < length && to <= countMax)
                {
                    BlockPath* path = allPaths + (uint)word[at];
                    int skipped = path->FirstLine == lastLine ? 1 : 0;
                    AccessTemplate* item = allTemplates + path->FirstTemplate + skipped;
                    AccessTemplate* end = allTemplates + path->FirstTemplate + path->TemplateCount;
                    ulong* values = word + at + 1;
                    int from = to;
                    for (; item < end; item++, to++)
                    {
                        ulong address = (ulong)item->Displacement + bases[item->FastBase];
                        if (item->Slot >= 0)
                        {
                            address += values[item->Slot];
                        }

                        TlbEntry* entry =
                            entries + ((int)(address >> GuestPage.Shift) & (TlbEntries - 1));
                        byte size = item->Size;
                        if (entry->Tag != ((address + size - 1) >> GuestPage.Shift) + 1)
                        {
                            to = from;
                            goto stop;
                        }

                        addresses[to] = address + entry->Distance;
                        sizes[to] = size;
                        kinds[to] = item->Kind;
                        offsets[to] = (uint)units + item->OffsetUnits;
                    }

                    units += path->Units;
                    instructions += path->Instructions;
                    suppressed += path->Instructions - path->Fetches + skipped;
                    lastLine = path->LastLine;
                    at += 1 + path->ValueCount;
                }

            stop:
                progress = new Progress
                {
                    Count = to,
                    Units = units,
                    Instructions = instructions,
                    LastLine = lastLine,
                    SuppressedFetches = suppressed,
                };
                return at;
            }
        }
    }

    /// <summary>Where records go.</summary>
    public readonly ref struct Columns(
        Span<ulong> addresses, Span<byte> sizes, Span<MemoryEventKind> kinds, Span<uint> offsets)
    {
        public Span<ulong> Addresses { get; } = addresses;

        public Span<byte> Sizes { get; } = sizes;

        public Span<MemoryEventKind> Kinds { get; } = kinds;

        public Span<uint> Offsets { get; } = offsets;
    }

    /// <summary>How far a decoder has come.</summary>
    public struct Progress
    {
        /// <summary>Records that wait in the columns.</summary>
        public int Count;
        public ulong Units;
        public ulong Instructions;
        public ulong LastLine;

        /// <summary>Fetches without a record; below 0 while records outnumber instructions.
        /// </summary>
        public long SuppressedFetches;

        /// <summary>Records left out since the columns were empty: <see cref="SureHitLoop"/>.</summary>
        public int Elided;

        /// <summary>Records of the next path that are done.</summary>
        public int Item;

        /// <summary>Records since the columns were empty.</summary>
        public readonly int Made => Count + Elided;

        /// <summary>Counts a decoded path.</summary>
        /// <param name="skipped">1 if the fetch of its first line made no record.</param>
        public void Finish(in BlockPath path, int skipped)
        {
            Units += path.Units;
            Instructions += path.Instructions;
            SuppressedFetches += path.Instructions - path.Fetches + skipped;
            LastLine = path.LastLine;
        }
    }
}
