using System.Numerics;
using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's latest loads, so that a miss whose address comes from a load that hit learns which
/// miss that load waited for: the one that brought its line, or one that its own address came from. An
/// instruction is named by the cost units that the program alone had spent at it. A miss that has left the window by
/// then is nobody's producer: the core has forgotten it, too.</summary>
internal sealed class LoadChain
{
    private const int Entries = 2048;

    private readonly ulong _unitsPerInstruction;

    /// <summary>Of <see cref="_unitsPerInstruction"/> as a power of two; -1 if it is none. A division takes as long
    /// as all else that a load needs.</summary>
    private readonly int _unitsShift;
    private readonly ulong _lineMask;
    private readonly int _lineShift;
    private readonly ulong _windowUnits;
    private readonly Entry[] _entries = new Entry[Entries];
    private readonly LineEntry[] _lines = new LineEntry[Entries];
    private ulong[] _producers = new ulong[1024];

    /// <summary>The last load that missed. No name in a table is later.</summary>
    private ulong _lastMiss;

    /// <param name="windowUnits">Of the core, with at most as many instructions as there are entries.</param>
    public LoadChain(ulong unitsPerInstruction, ulong lineBytes, ulong windowUnits)
    {
        Invariant.Require(BitOperations.IsPow2(lineBytes) && unitsPerInstruction > 0);
        Invariant.Require(windowUnits <= Entries * unitsPerInstruction);
        _windowUnits = windowUnits;
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
        if (m == misses.Length && branches.IsEmpty && !distances.IsEmpty && !InWindow(_lastMiss, start + offsets[0]))
        {
            return;
        }

        for (int i = 0; i < distances.Length; i++)
        {
            if (kinds[i] is not (MemoryEventKind.Load or MemoryEventKind.Modify or MemoryEventKind.Atomic))
            {
                continue;
            }

            uint offset = offsets[i];
            ulong name = start + offset;
            if (!InWindow(_lastMiss, name) && (m == misses.Length || misses[m].OffsetUnits > offset))
            {
                continue;
            }

            for (; b < branches.Length && branches[b].OffsetUnits < offset; b++)
            {
                FindProducer(ref branches[b], start);
            }

            for (; m < misses.Length && misses[m].OffsetUnits < offset; m++)
            {
                _producers[m] = IssueMiss.None;
            }

            ulong producer = distances[i] == 0 ? IssueMiss.None : MissBehind(name - distances[i], name);
            bool missed = false;
            for (; m < misses.Length && misses[m].OffsetUnits == offset; m++)
            {
                _producers[m] = producer;
                missed |= misses[m].Kind == kinds[i];
                _lastMiss = name;
                _lines[LineIndex(misses[m].Line)] = new LineEntry { Line = misses[m].Line, Name = name };
            }

            Note(name, missed ? name : Later(producer, MissOf(block.Addresses[i] & _lineMask, name)));
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
        if (branch.Distance > 0 || branch.LoadsTarget)
        {
            ulong name = start + branch.OffsetUnits;
            branch.Producer = MissBehind(name - branch.Distance, name);
        }
    }

    /// <summary>The miss that a load's value waited for: itself, or what its own address came from.
    /// </summary>
    /// <param name="at">Who asks.</param>
    private ulong MissBehind(ulong name, ulong at)
    {
        ref readonly Entry entry = ref _entries[Index(name)];
        return entry.Name == name && InWindow(entry.Miss, at) ? entry.Miss : IssueMiss.None;
    }

    /// <param name="at">Not before the miss.</param>
    private bool InWindow(ulong miss, ulong at) => at - miss < _windowUnits;

    /// <summary>Of several loads of one instruction the value waits for the latest miss. Without one there is nothing
    /// to find: an entry of another name tells as much.</summary>
    private void Note(ulong name, ulong miss)
    {
        if (miss == IssueMiss.None)
        {
            return;
        }

        ref Entry entry = ref _entries[Index(name)];
        entry = new Entry { Name = name, Miss = entry.Name == name ? Later(entry.Miss, miss) : miss };
    }

    /// <summary>The miss that brought a line; what hits there may yet have to wait for it.</summary>
    private ulong MissOf(ulong line, ulong at)
    {
        ref readonly LineEntry entry = ref _lines[LineIndex(line)];
        return entry.Line == line && InWindow(entry.Name, at) ? entry.Name : IssueMiss.None;
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
