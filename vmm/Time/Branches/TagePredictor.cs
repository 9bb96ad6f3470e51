namespace Dilaton.Time;

/// <summary>A base of two-bit counters and tagged tables that see ever more of the past, of which the longest
/// that knows the branch predicts (Seznec, Michaud, "A case for (partially) tagged geometric history length
/// branch prediction", JILP 8, 2006): 3-bit counters, 2-bit usefulness, histories in geometric series. What
/// differs from the paper: four tables of a quarter of the base's entries; no path in the hashes; where the paper
/// draws by lot which table gets a new entry, the one of the shortest history that can does.
/// <code>
///   base ──> [5 outcomes] ──> [15] ──> [44] ──> [128]      right: learn; wrong: learn, and get an entry
///                                                          in a longer table
/// </code></summary>
internal sealed class TagePredictor : BranchPredictor
{
    private const int AgeAfter = 1 << 18;
    private const int TableShare = 4;
    private const int TrustMax = 15;
    private const int TrustHalf = 8;

    private static readonly int[] s_lengths = [5, 15, 44, 128];

    private readonly SaturatingCounters _base;
    private readonly TageTable[] _tables;
    private UInt128 _history;
    private uint _branches;

    /// <summary>From half on, a new entry's word counts less than that of what it would replace.</summary>
    private int _distrustOfNew = TrustHalf;

    public TagePredictor(int entries)
    {
        _base = new SaturatingCounters(entries);
        _tables = [.. s_lengths.Select(length => new TageTable(entries / TableShare, length))];
    }

    public override bool Predict(ulong address, bool isTaken)
    {
        int index = (int)(address & (ulong)_base.Mask);
        int provider = -1;
        int other = -1;
        for (int i = 0; i < _tables.Length; i++)
        {
            _tables[i].Look(address);
            if (_tables[i].Matches)
            {
                (other, provider) = (provider, i);
            }
        }

        bool fallback = other >= 0 ? _tables[other].IsTaken : _base.IsTaken(index);
        bool longest = provider >= 0 ? _tables[provider].IsTaken : fallback;
        bool isNew = provider >= 0 && _tables[provider].IsNew;
        bool predicted = isNew && _distrustOfNew >= TrustHalf ? fallback : longest;
        Learn(index, provider, isTaken, longest, fallback, isNew);
        if (predicted != isTaken)
        {
            Allocate(provider + 1, isTaken);
        }

        Remember(isTaken);
        return predicted;
    }

    private void Learn(int index, int provider, bool isTaken, bool longest, bool fallback, bool isNew)
    {
        if (provider < 0)
        {
            _base.Learn(index, isTaken);
            return;
        }

        if (longest != fallback)
        {
            if (isNew)
            {
                _distrustOfNew = Math.Clamp(_distrustOfNew + (fallback == isTaken ? 1 : -1), 0, TrustMax);
            }

            _tables[provider].ChangeUseful(longest == isTaken);
        }

        _tables[provider].Learn(isTaken);
    }

    /// <summary>Gives the branch an entry in a longer table; if none is free, all there get freer.</summary>
    private void Allocate(int first, bool isTaken)
    {
        for (int i = first; i < _tables.Length; i++)
        {
            if (_tables[i].IsUseless)
            {
                _tables[i].Allocate(isTaken);
                return;
            }
        }

        for (int i = first; i < _tables.Length; i++)
        {
            _tables[i].ChangeUseful(wasUseful: false);
        }
    }

    private void Remember(bool isTaken)
    {
        foreach (TageTable table in _tables)
        {
            table.Push(isTaken, _history);
        }

        _history = (_history << 1) | (isTaken ? UInt128.One : UInt128.Zero);
        if (++_branches % AgeAfter == 0)
        {
            foreach (TageTable table in _tables)
            {
                table.Age(highBit: _branches / AgeAfter % 2 == 1);
            }
        }
    }
}
