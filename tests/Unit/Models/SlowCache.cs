using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>A cache as a textbook draws it: a list of lines per set.</summary>
internal sealed class SlowCache(string name, CacheOptions options, ulong seed)
{
    private readonly Dictionary<ulong, SlowSet> _sets = [];
    private readonly HashSet<ulong> _dirty = [];
    private readonly SlowRandom _random = new(seed);
    private readonly SlowFills _fills = new();

    public string Name => name;

    public int Ways => options.Ways;

    public CacheOptions Options => options;

    public bool Has(ulong line) => SetOf(line).Has(line);

    public bool IsDirty(ulong line) => _dirty.Contains(line);

    public bool IsFirst(ulong line) => Has(line) && SetOf(line).Last == line;

    public ulong? First(ulong line) => SetOf(line).Last;

    public void Use(ulong line) => SetOf(line).Use(line);

    public void SetDirty(ulong line, bool dirty = true)
    {
        if (dirty)
        {
            _dirty.Add(line);
        }
        else
        {
            _dirty.Remove(line);
        }
    }

    public (ulong Line, bool Dirty)? Put(ulong line, bool dirty, bool second = false)
    {
        ulong? left = SetOf(line).Put(line, second);
        (ulong, bool)? victim = left is ulong gone ? (gone, _dirty.Contains(gone)) : null;
        if (left is ulong old)
        {
            _dirty.Remove(old);
        }

        SetDirty(line, dirty);
        return victim;
    }

    public void Remove(ulong line)
    {
        SetOf(line).Remove(line);
        _dirty.Remove(line);
    }

    private SlowSet SetOf(ulong line)
    {
        ulong index = line / (ulong)options.LineSizeBytes % options.Sets;
        if (!_sets.TryGetValue(index, out SlowSet? set))
        {
            _sets[index] = set = Make();
        }

        return set;
    }

    private SlowSet Make() => options.Replacement switch
    {
        ReplacementPolicy.Lru => new SlowLru(Ways),
        ReplacementPolicy.TreePlru => new SlowTree(Ways),
        ReplacementPolicy.Random => new SlowDraw(Ways, _random),
        _ => new SlowRrip(Ways, options.Replacement == ReplacementPolicy.Brrip ? _fills : null),
    };
}
