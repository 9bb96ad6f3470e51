using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>The filter that an engine keeps in front of the hierarchy, as docs/models.md states
/// its rules: one line per group of page-offset line indices, with a right to store.</summary>
internal sealed class ConservativeFilter(VcpuId vcpu, int groups, int fetchGroups)
{
    private readonly ulong?[] _data = new ulong?[groups];
    private readonly bool[] _writable = new bool[groups];
    private readonly ulong?[] _fetch = new ulong?[Math.Max(1, fetchGroups)];
    private ulong _loads;
    private ulong _stores;
    private ulong _modifies;
    private ulong _atomics;
    private ulong _fetches;

    public ulong Hits { get; private set; }

    public AccessList Records { get; } = new(vcpu);

    public void Access(MemoryEventKind kind, ulong address, byte size)
    {
        ulong line = Floor(address);
        ulong last = Floor(address + size - 1);
        if (kind is MemoryEventKind.Prefetch)
        {
            Records.Add(kind, address, size);
        }
        else if (kind is MemoryEventKind.Flush || line != last)
        {
            Records.Add(kind, address, size);
            Forget(kind, line);
            Forget(kind, last);
        }
        else if (!TrySuppress(kind, line))
        {
            Records.Add(kind, address, size);
            Remember(kind, line);
        }
    }

    public void Apply(CacheHierarchy caches, MissBuffer misses)
    {
        Records.Suppressed = new SuppressedHits(_loads, _stores, _modifies, _atomics, _fetches);
        _loads = _stores = _modifies = _atomics = _fetches = 0;
        Records.Apply(caches, misses);
    }

    public void Drop(ReadOnlySpan<GuestPhysicalAddress> lines)
    {
        foreach (GuestPhysicalAddress dropped in lines)
        {
            ulong line = dropped.Value;
            _data[Group(line, _data)] = _data[Group(line, _data)] == line
                ? null : _data[Group(line, _data)];
            _fetch[Group(line, _fetch)] = _fetch[Group(line, _fetch)] == line
                ? null : _fetch[Group(line, _fetch)];
        }
    }

    private static ulong Floor(ulong address) => address & ~(ulong)(TestCaches.LineSizeBytes - 1);

    private static int Group(ulong line, ulong?[] groups) =>
        (int)((line & GuestPage.OffsetMask) / TestCaches.LineSizeBytes % (ulong)groups.Length);

    private bool TrySuppress(MemoryEventKind kind, ulong line)
    {
        int group = Group(line, _data);
        bool isHit = kind switch
        {
            MemoryEventKind.Fetch => _fetch[Group(line, _fetch)] == line,
            MemoryEventKind.Load => _data[group] == line,
            _ => _data[group] == line && _writable[group],
        };
        if (isHit)
        {
            Hits++;
            _loads += kind == MemoryEventKind.Load ? 1UL : 0;
            _stores += kind == MemoryEventKind.Store ? 1UL : 0;
            _modifies += kind == MemoryEventKind.Modify ? 1UL : 0;
            _atomics += kind == MemoryEventKind.Atomic ? 1UL : 0;
            _fetches += kind == MemoryEventKind.Fetch ? 1UL : 0;
        }

        return isHit;
    }

    private void Remember(MemoryEventKind kind, ulong line)
    {
        if (kind == MemoryEventKind.Fetch)
        {
            _fetch[Group(line, _fetch)] = line;
            return;
        }

        _data[Group(line, _data)] = line;
        _writable[Group(line, _data)] = kind != MemoryEventKind.Load;
    }

    private void Forget(MemoryEventKind kind, ulong line)
    {
        if (kind is MemoryEventKind.Fetch or MemoryEventKind.Flush)
        {
            _fetch[Group(line, _fetch)] = null;
        }

        if (kind is not MemoryEventKind.Fetch)
        {
            _data[Group(line, _data)] = null;
        }
    }
}
