using System.Numerics;
using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's latest loads, so that a miss whose address comes from a load that hit learns which
/// miss that load waited for: the one that brought its line, or one that its own address came from. An
/// instruction is named by the cost units that the program alone had spent at it.</summary>
internal sealed class LoadChain
{
    private const int Entries = 2048;

    private readonly ulong _unitsPerInstruction;

    /// <summary>Of <see cref="_unitsPerInstruction"/> as a power of two; -1 if it is none. A division takes as long
    /// as all else that a load needs.</summary>
    private readonly int _unitsShift;
    private readonly ulong _lineMask;
    private readonly int _lineShift;
    private readonly Entry[] _entries = new Entry[Entries];
    private readonly LineEntry[] _lines = new LineEntry[Entries];
    private ulong[] _producers = new ulong[1024];

    public LoadChain(ulong unitsPerInstruction, ulong lineBytes)
    {
        Invariant.Require(BitOperations.IsPow2(lineBytes) && unitsPerInstruction > 0);
        _unitsPerInstruction = unitsPerInstruction;
        _unitsShift = BitOperations.IsPow2(unitsPerInstruction) ? BitOperations.Log2(unitsPerInstruction) : -1;
        _lineMask = ~(lineBytes - 1);
        _lineShift = BitOperations.Log2(lineBytes);
        Array.Fill(_entries, new Entry { Name = IssueMiss.None });
        Array.Fill(_lines, new LineEntry { Line = ulong.MaxValue });
    }

    /// <summary>Producer of each miss of the slice so far.</summary>
    public ReadOnlySpan<ulong> Producers => _producers;

    /// <summary>Goes through a block and the misses that it made.</summary>
    /// <param name="start">Units of the program when the slice began.</param>
    /// <param name="misses">Of the slice so far; those before <paramref name="known"/> were there before
    /// the block.</param>
    /// <param name="branches">The block's that were mispredicted; they get their producers.</param>
    public void Take(
        in MemoryEventBlock block,
        ulong start,
        ReadOnlySpan<CacheMiss> misses,
        int known,
        Span<BranchMiss> branches)
    {
        if (_producers.Length < misses.Length)
        {
            Array.Resize(ref _producers, Math.Max(misses.Length, _producers.Length * 2));
        }

        ReadOnlySpan<uint> offsets = block.Offsets;
        ReadOnlySpan<uint> distances = block.Distances;
        ReadOnlySpan<MemoryEventKind> kinds = block.Kinds;
        int m = known;
        int b = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            if (kinds[i] is not (MemoryEventKind.Load or MemoryEventKind.Modify or MemoryEventKind.Atomic))
            {
                continue;
            }

            uint offset = offsets[i];
            for (; b < branches.Length && branches[b].OffsetUnits < offset; b++)
            {
                FindProducer(ref branches[b], start);
            }

            for (; m < misses.Length && misses[m].OffsetUnits < offset; m++)
            {
                _producers[m] = IssueMiss.None;
            }

            ulong name = start + offset;
            ulong producer = distances[i] == 0 ? IssueMiss.None : MissBehind(name - distances[i]);
            bool missed = false;
            for (; m < misses.Length && misses[m].OffsetUnits == offset; m++)
            {
                _producers[m] = producer;
                missed |= misses[m].Kind == kinds[i];
                _lines[LineIndex(misses[m].Line)] = new LineEntry { Line = misses[m].Line, Name = name };
            }

            Note(name, missed ? name : Later(producer, MissOf(block.Addresses[i] & _lineMask)));
        }

        for (; m < misses.Length; m++)
        {
            _producers[m] = IssueMiss.None;
        }

        for (; b < branches.Length; b++)
        {
            FindProducer(ref branches[b], start);
        }
    }

    private void FindProducer(ref BranchMiss branch, ulong start)
    {
        if (branch.Distance > 0)
        {
            branch.Producer = MissBehind(start + branch.OffsetUnits - branch.Distance);
        }
    }

    /// <summary>The miss that a load's value waited for: itself, or what its own address came from.
    /// </summary>
    private ulong MissBehind(ulong name)
    {
        ref readonly Entry entry = ref _entries[Index(name)];
        return entry.Name == name ? entry.Miss : IssueMiss.None;
    }

    /// <summary>Of several loads of one instruction the value waits for the latest miss.</summary>
    private void Note(ulong name, ulong miss)
    {
        ref Entry entry = ref _entries[Index(name)];
        entry = new Entry { Name = name, Miss = entry.Name == name ? Later(entry.Miss, miss) : miss };
    }

    /// <summary>The miss that brought a line; what hits there may yet have to wait for it.</summary>
    private ulong MissOf(ulong line)
    {
        ref readonly LineEntry entry = ref _lines[LineIndex(line)];
        return entry.Line == line ? entry.Name : IssueMiss.None;
    }

    private static ulong Later(ulong a, ulong b) => a == IssueMiss.None ? b
        : b == IssueMiss.None ? a : Math.Max(a, b);

    private int Index(ulong name) =>
        (int)((_unitsShift >= 0 ? name >> _unitsShift : name / _unitsPerInstruction) % Entries);

    private int LineIndex(ulong line) => (int)((line >> _lineShift) % Entries);

    private struct Entry
    {
        public ulong Name;

        /// <summary>The latest miss that its value waits for.</summary>
        public ulong Miss;
    }

    private struct LineEntry
    {
        public ulong Line;

        /// <summary>The last load that missed it.</summary>
        public ulong Name;
    }
}
