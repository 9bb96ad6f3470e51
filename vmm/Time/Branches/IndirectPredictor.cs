using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Where indirect jumps and calls went last, by the branch and where those before it went (Chang, Hao, Patt,
/// "Target prediction for indirect jumps", ISCA 1997): a table of sets and ways, the least recently used of which
/// makes room, with 16-bit tags. Learns a target as its branch retires.</summary>
public sealed class IndirectPredictor
{
    public const int SetsMax = 1 << 16;
    public const int WaysMax = 16;
    public const int PathMax = 16;

    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private readonly Entry[] _entries;
    private readonly int _ways;
    private readonly int _setMask;
    private readonly ulong[] _path;

    public IndirectPredictor(IndirectOptions options)
    {
        Invariant.Require(options.IsValid);
        _entries = new Entry[options.Sets * options.Ways];
        _ways = options.Ways;
        _setMask = options.Sets - 1;
        _path = new ulong[options.PathLength];
    }

    /// <summary>Predicts, then learns where it went. HOT: per indirect branch.</summary>
    /// <returns>It went where it was predicted to go.</returns>
    public bool Predict(ulong address, ulong target)
    {
        ulong hash = Mix(address);
        foreach (ulong earlier in _path)
        {
            hash = Mix(hash ^ earlier);
        }

        if (_path.Length > 0)
        {
            Array.Copy(_path, 0, _path, 1, _path.Length - 1);
            _path[0] = target;
        }

        Span<Entry> set = _entries.AsSpan(((int)hash & _setMask) * _ways, _ways);
        ushort tag = (ushort)(hash >> 48);
        int way = 0;
        while (way < set.Length - 1 && !(set[way].IsValid && set[way].Tag == tag))
        {
            way++;
        }

        Entry found = set[way];
        set[..way].CopyTo(set[1..]);
        set[0] = new Entry(target, tag, IsValid: true);
        return found.IsValid && found.Tag == tag && found.Target == target;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 32)) * Golden;
        return value ^ (value >> 29);
    }

    private readonly record struct Entry(ulong Target, ushort Tag, bool IsValid);
}
