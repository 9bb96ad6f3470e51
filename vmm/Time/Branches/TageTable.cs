using System.Numerics;

namespace Dilaton.Time;

/// <summary>One tagged table of <see cref="TagePredictor"/>.</summary>
internal sealed class TageTable
{
    public const int TagBits = 11;
    private const int CounterMax = 3;
    private const int CounterMin = -4;
    private const byte UsefulMax = 3;

    private readonly int _length;
    private readonly int _indexBits;
    private readonly Entry[] _entries;
    private FoldedHistory _forIndex;
    private FoldedHistory _forTag;
    private FoldedHistory _forTagShifted;

    /// <param name="length">Outcomes of the last branches that choose the entry.</param>
    public TageTable(int entries, int length)
    {
        _length = length;
        _entries = new Entry[entries];
        _indexBits = BitOperations.Log2((uint)entries);
        _forIndex = new FoldedHistory(length, _indexBits);
        _forTag = new FoldedHistory(length, TagBits);
        _forTagShifted = new FoldedHistory(length, TagBits - 1);
    }

    /// <summary>Entry that the last look found.</summary>
    private int Index { get; set; }

    private ushort Tag { get; set; }

    /// <summary>The entry is this branch's.</summary>
    public bool Matches { get; private set; }

    public bool IsTaken => _entries[Index].Counter >= 0;

    /// <summary>It has been allocated and has not been right since.</summary>
    public bool IsNew => _entries[Index] is { Useful: 0, Counter: 0 or -1 };

    public bool IsUseless => _entries[Index].Useful == 0;

    public void Look(ulong address)
    {
        Index = (int)((address ^ (address >> _indexBits) ^ _forIndex.Value) & (ulong)(_entries.Length - 1));
        Tag = (ushort)((address ^ _forTag.Value ^ (_forTagShifted.Value << 1)) & ((1 << TagBits) - 1));
        Matches = _entries[Index].IsValid && _entries[Index].Tag == Tag;
    }

    public void Learn(bool isTaken)
    {
        ref sbyte counter = ref _entries[Index].Counter;
        counter = (sbyte)Math.Clamp(counter + (isTaken ? 1 : -1), CounterMin, CounterMax);
    }

    public void ChangeUseful(bool wasUseful)
    {
        ref byte useful = ref _entries[Index].Useful;
        useful = wasUseful ? (byte)Math.Min(useful + 1, UsefulMax) : (byte)Math.Max(useful - 1, 0);
    }

    public void Allocate(bool isTaken) => _entries[Index] = new Entry
    {
        Tag = Tag,
        Counter = isTaken ? (sbyte)0 : (sbyte)-1,
        IsValid = true,
    };

    /// <summary>Forgets a bit of how useful each entry was.</summary>
    public void Age(bool highBit)
    {
        byte kept = highBit ? (byte)1 : (byte)2;
        for (int i = 0; i < _entries.Length; i++)
        {
            _entries[i].Useful &= kept;
        }
    }

    /// <param name="history">Before this outcome; the youngest in bit 0.</param>
    public void Push(bool isTaken, UInt128 history)
    {
        bool oldest = ((history >> (_length - 1)) & UInt128.One) != UInt128.Zero;
        _forIndex.Push(isTaken, oldest);
        _forTag.Push(isTaken, oldest);
        _forTagShifted.Push(isTaken, oldest);
    }

    private struct Entry
    {
        public ushort Tag;
        public sbyte Counter;
        public byte Useful;
        public bool IsValid;
    }
}
