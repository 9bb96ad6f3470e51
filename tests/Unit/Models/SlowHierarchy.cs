using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>The rules of docs/models.md with lists, sets and snooping instead of packed tags and a
/// directory; one line at a time.</summary>
internal sealed class SlowHierarchy
{
    private readonly HierarchyOptions _options;
    private readonly SlowCache?[] _first;
    private readonly SlowCache[] _data;
    private readonly SlowCache?[] _second;
    private readonly List<SlowCache> _shared = [];
    private readonly HashSet<ulong>[] _rights;

    public SlowHierarchy(HierarchyOptions options, int vcpus)
    {
        _options = options;
        bool isPrivate = options.L2Sharing == CacheSharing.Private;
        int[] all = [.. Enumerable.Range(0, vcpus)];
        _first = [.. all.Select(v => options.L1I is null ? null
            : new SlowCache($"vcpu{v}.l1i", options.L1I, Seed(1, v)))];
        _data = [.. all.Select(v => new SlowCache($"vcpu{v}.l1d", options.L1D, Seed(2, v)))];
        _second = [.. all.Select(v => options.L2 is null || !isPrivate ? null
            : new SlowCache($"vcpu{v}.l2", options.L2, Seed(3, v)))];
        _rights = [.. all.Select(_ => new HashSet<ulong>())];
        Dropped = [.. all.Select(_ => new HashSet<ulong>())];
        if (options.L2 is not null && !isPrivate)
        {
            _shared.Add(new SlowCache("l2", options.L2, Seed(4, 0)));
        }

        if (options.L3 is not null)
        {
            _shared.Add(new SlowCache("l3", options.L3, Seed(5, 0)));
        }
    }

    public Dictionary<string, ulong> Counts { get; } = [];

    public List<(ulong Line, uint Cycles, MemoryEventKind Kind, bool BehindCut)> Misses { get; } =
        [];

    public List<ulong> Writebacks { get; } = [];

    public HashSet<ulong>[] Dropped { get; }

    private int Vcpus => _data.Length;

    private static ulong Seed(int level, int vcpu) => ((ulong)level << 32) + (ulong)vcpu;

    public void Access(int v, MemoryEventKind kind, ulong line)
    {
        switch (kind)
        {
            case MemoryEventKind.Fetch when _first[v] is null:
                return;
            case MemoryEventKind.Fetch:
                Reach(v, kind, "fetch", line, _first[v]!, owns: false);
                return;
            case MemoryEventKind.Flush:
                Flush(line);
                return;
            case MemoryEventKind.Prefetch:
                Reach(v, kind, "prefetch", line, _data[v], owns: false);
                return;
            case MemoryEventKind.KernelLoad or MemoryEventKind.KernelStore:
                ulong? before = _data[v].First(line);
                Reach(v, kind, "kernel", line, _data[v], kind == MemoryEventKind.KernelStore);
                if (before is ulong other && other != line)
                {
                    Dropped[v].Add(other);
                }

                return;
            case MemoryEventKind.Store:
                Reach(v, kind, "store", line, _data[v], owns: true);
                return;
            default:
                Reach(v, kind, "load", line, _data[v], kind != MemoryEventKind.Load);
                if (kind == MemoryEventKind.Modify
                    && _options.Modifies == ModifyCounting.LoadAndStore)
                {
                    Add(_data[v].Name + ".storeHits");
                }

                return;
        }
    }

    /// <summary>MESI state of the line in the vCPU's caches taken together.</summary>
    public LineState StateOf(int v, ulong line)
    {
        bool isDirty = _data[v].IsDirty(line) || (_second[v]?.IsDirty(line) ?? false);
        bool hasData = _data[v].Has(line) || (_second[v]?.Has(line) ?? false);
        return !Holds(v, line) ? LineState.Invalid
            : isDirty ? LineState.Modified
            : hasData && _rights[v].Contains(line) ? LineState.Exclusive
            : LineState.Shared;
    }

    private void Reach(
        int v, MemoryEventKind kind, string row, ulong line, SlowCache cache, bool owns)
    {
        bool isPrefetch = row == "prefetch";
        if (cache.Has(line) && (!owns || _rights[v].Contains(line)))
        {
            Add($"{cache.Name}.{row}Hits");
            if (!isPrefetch)
            {
                cache.Use(line);
            }

            Wrote(v, cache, line, owns);
            return;
        }

        Add($"{cache.Name}.{row}Misses");
        if (isPrefetch && cache.Ways == 1)
        {
            return;
        }

        bool mayPass = kind is MemoryEventKind.Store or MemoryEventKind.KernelStore;
        if (mayPass && !cache.Has(line) && !Allocates(cache))
        {
            Add(cache.Name + ".writesAround");
            Misses.Add(PassAround(v, kind, row, line));
            return;
        }

        uint cycles;
        bool behindCut = false;
        if (cache.Has(line))
        {
            Add(cache.Name + ".upgrades");
            cache.Use(line);
            Own(v, line);
            cycles = 50;
        }
        else
        {
            (cycles, behindCut) = Bring(v, row, line, owns);
            if (cache.Put(line, owns && IsBack(cache), isPrefetch) is (ulong victim, bool dirty))
            {
                Add(cache.Name + ".replacements");
                if (dirty)
                {
                    Add(cache.Name + ".writebacks");
                    LeaveFirst(v, victim);
                }
            }
        }

        Misses.Add((line, cycles, kind, behindCut));
        Wrote(v, cache, line, owns);
    }

    private static bool IsBack(SlowCache cache) => cache.Options.Writes == WritePolicy.Back;

    private static bool Allocates(SlowCache cache) =>
        cache.Options.WriteMisses == WriteMissPolicy.Allocate;

    /// <summary>A write has been done in L1D.</summary>
    private void Wrote(int v, SlowCache cache, ulong line, bool owns)
    {
        if (owns && IsBack(cache))
        {
            cache.SetDirty(line);
        }
        else if (owns)
        {
            Add(cache.Name + ".writeThroughs");
            LeaveFirst(v, line);
        }
    }

    /// <summary>A write that L1D does not take is done in the first level that does.</summary>
    private (ulong Line, uint Cycles, MemoryEventKind Kind, bool BehindCut) PassAround(
        int v, MemoryEventKind kind, string row, ulong line)
    {
        if (_second[v] is SlowCache second && (second.Has(line) || Allocates(second)))
        {
            (uint cycles, bool behind) = Bring(v, row, line, owns: true);
            Done(second, () => Settle(0, line), line);
            return (line, cycles, kind, behind);
        }

        Add($"{_second[v]?.Name}.{row}Misses", _second[v] is not null);
        Add($"{_second[v]?.Name}.writesAround", _second[v] is not null);
        bool isSupplied = TakeFromOthers(v, line);
        for (int level = 0; level < _shared.Count; level++)
        {
            SlowCache cache = _shared[level];
            if (cache.Has(line) || Allocates(cache))
            {
                int next = level + 1;
                (uint cycles, bool behind) = Search(row, line, level, isSupplied);
                Done(cache, () => Settle(next, line), line);
                return (line, cycles, kind, behind);
            }

            Add($"{cache.Name}.{row}Misses");
            Add($"{cache.Name}.writesAround");
        }

        Writebacks.Add(line);
        return (line, isSupplied ? 50 : ToCut, kind, false);
    }

    private void Done(SlowCache cache, Action pass, ulong line)
    {
        if (IsBack(cache))
        {
            cache.SetDirty(line);
            return;
        }

        Add(cache.Name + ".writeThroughs");
        pass();
    }

    private (uint Cycles, bool BehindCut) Bring(int v, string row, ulong line, bool owns)
    {
        if (_second[v] is not SlowCache second)
        {
            return BringPast(v, row, line, owns);
        }

        if (second.Has(line) && (!owns || _rights[v].Contains(line)))
        {
            Add($"{second.Name}.{row}Hits");
            second.Use(line);
            return (14, false);
        }

        Add($"{second.Name}.{row}Misses");
        if (second.Has(line))
        {
            Add(second.Name + ".upgrades");
            second.Use(line);
            Own(v, line);
            return (50, false);
        }

        (uint, bool) answer = BringPast(v, row, line, owns);
        PutSecond(v, line, dirty: false);
        return answer;
    }

    private (uint Cycles, bool BehindCut) BringPast(int v, string row, ulong line, bool owns)
    {
        int[] holders = [.. Enumerable.Range(0, Vcpus).Where(u => u != v && Holds(u, line))];
        bool wasDirty = false;
        if (owns)
        {
            Own(v, line);
        }
        else
        {
            bool hadData = _data[v].Has(line);
            foreach (int u in holders)
            {
                wasDirty |= Downgrade(u, line);
            }

            if (!hadData)
            {
                _rights[v].Remove(line);
            }

            if (!hadData && holders.Length == 0)
            {
                _rights[v].Add(line);
            }
        }

        (uint, bool) answer = Search(row, line, 0, holders.Length > 0);
        if (wasDirty)
        {
            Settle(0, line);
        }

        return answer;
    }

    private uint ToCut => _options.L3 is not null ? 42u : _options.L2 is not null ? 14u : 4u;

    private (uint Cycles, bool BehindCut) Search(
        string row, ulong line, int first, bool isSupplied)
    {
        int level = first;
        int reach = isSupplied ? Math.Min(first + 1, _shared.Count) : _shared.Count;
        while (level < reach && !_shared[level].Has(line))
        {
            Add($"{_shared[level].Name}.{row}Misses");
            level++;
        }

        (uint, bool) answer = (50, false);
        if (level < reach)
        {
            Add($"{_shared[level].Name}.{row}Hits");
            _shared[level].Use(line);
            answer = (_shared[level].Name == "l2" ? 14u : 42u, false);
        }
        else if (!isSupplied)
        {
            answer = (ToCut, true);
        }

        while (--level >= first)
        {
            PutShared(level, line, dirty: false);
        }

        return answer;
    }

    private void Own(int v, ulong line)
    {
        TakeFromOthers(v, line);
        _rights[v].Add(line);
    }

    private bool TakeFromOthers(int v, ulong line)
    {
        bool any = false;
        for (int u = 0; u < Vcpus; u++)
        {
            if (u != v && Holds(u, line))
            {
                Add($"vcpu{v}.coherence.invalidationsSent");
                Add($"vcpu{u}.coherence.invalidationsReceived");
                Evict(u, line);
                any = true;
            }
        }

        return any;
    }

    private bool Downgrade(int u, ulong line)
    {
        bool hasData = _data[u].Has(line) || (_second[u]?.Has(line) ?? false);
        bool dirty = _data[u].IsDirty(line) || (_second[u]?.IsDirty(line) ?? false);
        if (_rights[u].Remove(line) && hasData)
        {
            Add($"vcpu{u}.coherence.downgradesReceived");
            if (_data[u].IsFirst(line))
            {
                Dropped[u].Add(line);
            }
        }

        if (dirty)
        {
            Add($"vcpu{u}.l1d.writebacks");
            _data[u].SetDirty(line, false);
            _second[u]?.SetDirty(line, false);
        }

        return dirty;
    }

    private bool Holds(int v, ulong line) =>
        _data[v].Has(line) || (_first[v]?.Has(line) ?? false) || (_second[v]?.Has(line) ?? false);

    private bool EvictFirst(int v, ulong line)
    {
        if (_data[v].IsFirst(line) || (_first[v]?.IsFirst(line) ?? false))
        {
            Dropped[v].Add(line);
        }

        bool dirty = _data[v].IsDirty(line);
        _data[v].Remove(line);
        _first[v]?.Remove(line);
        return dirty;
    }

    private bool Evict(int v, ulong line)
    {
        bool dirty = EvictFirst(v, line) | (_second[v]?.IsDirty(line) ?? false);
        _second[v]?.Remove(line);
        _rights[v].Remove(line);
        return dirty;
    }

    private void Flush(ulong line)
    {
        bool dirty = false;
        for (int u = 0; u < Vcpus; u++)
        {
            dirty |= Evict(u, line);
        }

        foreach (SlowCache level in _shared)
        {
            dirty |= level.IsDirty(line);
            level.Remove(line);
        }

        if (dirty)
        {
            Writebacks.Add(line);
        }
    }

    private void LeaveFirst(int v, ulong line)
    {
        if (_second[v] is not SlowCache second
            || !Keeps(second, line, dirty => PutSecond(v, line, dirty)))
        {
            Settle(0, line);
        }
    }

    /// <summary>Modified data comes to a level behind L1D: is it done with there?</summary>
    private bool Keeps(SlowCache cache, ulong line, Action<bool> put)
    {
        bool allocates = _options.Writebacks == WritebackPolicy.Allocate;
        if (!cache.Has(line) && !Allocates(cache))
        {
            Add(cache.Name + ".writesAround");
            return false;
        }

        if (!cache.Has(line) && !allocates)
        {
            return false;
        }

        if (!cache.Has(line))
        {
            put(IsBack(cache));
        }
        else if (allocates)
        {
            cache.Use(line);
        }

        Add(cache.Name + ".writeThroughs", !IsBack(cache));
        cache.SetDirty(line, IsBack(cache) || cache.IsDirty(line));
        return IsBack(cache);
    }

    private void PutSecond(int v, ulong line, bool dirty)
    {
        if (_second[v]!.Put(line, dirty) is not (ulong victim, bool victimDirty))
        {
            return;
        }

        string name = _second[v]!.Name;
        Add(name + ".replacements");
        if (_options.Inclusion == InclusionPolicy.Inclusive)
        {
            bool held = _data[v].Has(victim) || (_first[v]?.Has(victim) ?? false);
            Add($"vcpu{v}.coherence.backInvalidations", held);
            victimDirty |= EvictFirst(v, victim);
        }

        if (victimDirty)
        {
            Add(name + ".writebacks");
            Settle(0, victim);
        }
    }

    private void PutShared(int level, ulong line, bool dirty)
    {
        if (_shared[level].Put(line, dirty) is not (ulong victim, bool victimDirty))
        {
            return;
        }

        Add(_shared[level].Name + ".replacements");
        if (_options.Inclusion == InclusionPolicy.Inclusive)
        {
            for (int i = 0; i < level; i++)
            {
                victimDirty |= _shared[i].IsDirty(victim);
                _shared[i].Remove(victim);
            }

            for (int u = 0; u < Vcpus; u++)
            {
                Add($"vcpu{u}.coherence.backInvalidations", Holds(u, victim));
                victimDirty |= Evict(u, victim);
            }
        }

        if (victimDirty)
        {
            Add(_shared[level].Name + ".writebacks");
            Settle(level + 1, victim);
        }
    }

    private void Settle(int level, ulong line)
    {
        for (int i = level; i < _shared.Count; i++)
        {
            int at = i;
            if (Keeps(_shared[i], line, dirty => PutShared(at, line, dirty)))
            {
                return;
            }
        }

        Writebacks.Add(line);
    }

    private void Add(string name, bool happened = true)
    {
        if (happened)
        {
            Counts[name] = Counts.GetValueOrDefault(name) + 1;
        }
    }
}
