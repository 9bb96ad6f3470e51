using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>A cache as a textbook draws it: a list of lines per set, the last used first.</summary>
internal sealed class SlowCache(string name, CacheOptions options)
{
    private readonly Dictionary<ulong, List<ulong>> _sets = [];
    private readonly HashSet<ulong> _dirty = [];

    public string Name => name;

    public int Ways => options.Ways;

    public bool Has(ulong line) => SetOf(line).Contains(line);

    public bool IsDirty(ulong line) => _dirty.Contains(line);

    public bool IsFirst(ulong line) => Has(line) && SetOf(line)[0] == line;

    public ulong? First(ulong line) => SetOf(line).Count == 0 ? null : SetOf(line)[0];

    public IReadOnlyList<ulong> Order(ulong line) => SetOf(line);

    public void Use(ulong line)
    {
        SetOf(line).Remove(line);
        SetOf(line).Insert(0, line);
    }

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
        List<ulong> set = SetOf(line);
        (ulong, bool)? victim = null;
        if (set.Count == options.Ways)
        {
            victim = (set[^1], _dirty.Contains(set[^1]));
            Remove(set[^1]);
        }

        set.Insert(second && set.Count > 0 ? 1 : 0, line);
        SetDirty(line, dirty);
        return victim;
    }

    public void Remove(ulong line)
    {
        SetOf(line).Remove(line);
        _dirty.Remove(line);
    }

    private List<ulong> SetOf(ulong line)
    {
        ulong index = line / (ulong)options.LineSizeBytes % options.Sets;
        if (!_sets.TryGetValue(index, out List<ulong>? set))
        {
            _sets[index] = set = [];
        }

        return set;
    }
}
