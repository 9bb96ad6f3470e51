using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The memory areas of a process: sorted, never overlapping, neighbours that are alike
/// merged. Knows nothing of the host.</summary>
internal sealed class AreaList
{
    private readonly List<MemoryArea> _areas = [];

    public IReadOnlyList<MemoryArea> Items => _areas;

    public ulong CommittedBytes { get; private set; }

    /// <summary>Pages of shared mappings of files.</summary>
    public ulong SharedPages { get; private set; }

    /// <summary>Those of them that may be written.</summary>
    public ulong SharedStorePages { get; private set; }

    public bool TryFind(ulong address, out MemoryArea area)
    {
        int index = IndexAtOrAfter(address);
        if (index < _areas.Count && _areas[index].Start <= address)
        {
            area = _areas[index];
            return true;
        }

        area = default;
        return false;
    }

    /// <summary>True if every page of the range is in some area.</summary>
    public bool Covers(ulong start, ulong end) => Reach(start, end) == end;

    /// <summary>Where the first hole of the range begins; its end if it has none.</summary>
    public ulong Reach(ulong start, ulong end)
    {
        ulong position = start;
        for (int i = IndexAtOrAfter(start); i < _areas.Count && position < end; i++)
        {
            if (_areas[i].Start > position)
            {
                break;
            }

            position = _areas[i].End;
        }

        return Math.Min(position, end);
    }

    public bool IsFree(ulong start, ulong end)
    {
        int index = IndexAtOrAfter(start);
        return index == _areas.Count || _areas[index].Start >= end;
    }

    /// <summary>The parts of areas that lie in the range, lowest first.</summary>
    public List<MemoryArea> Within(ulong start, ulong end)
    {
        var parts = new List<MemoryArea>();
        for (int i = IndexAtOrAfter(start); i < _areas.Count && _areas[i].Start < end; i++)
        {
            MemoryArea area = _areas[i];
            parts.Add(area.Slice(Math.Max(start, area.Start), Math.Min(end, area.End)));
        }

        return parts;
    }

    /// <summary>The lowest free range of that length with both ends in low..high.</summary>
    public bool TryFindGap(ulong low, ulong high, ulong lengthBytes, out ulong start)
    {
        start = low;
        for (int i = IndexAtOrAfter(low); i < _areas.Count; i++)
        {
            MemoryArea area = _areas[i];
            if (area.Start >= high || (area.Start >= start && area.Start - start >= lengthBytes))
            {
                break;
            }

            start = Math.Max(start, area.End);
        }

        return start <= high && high - start >= lengthBytes;
    }

    /// <summary>Takes the range out of whatever areas it cuts.</summary>
    public void Remove(ulong start, ulong end)
    {
        int first = IndexAtOrAfter(start);
        int last = first;
        MemoryArea? head = null;
        MemoryArea? tail = null;
        for (; last < _areas.Count && _areas[last].Start < end; last++)
        {
            MemoryArea area = _areas[last];
            Account(area, Math.Max(start, area.Start), Math.Min(end, area.End), added: false);
            if (area.Start < start)
            {
                head = area.Slice(area.Start, start);
            }

            if (area.End > end)
            {
                tail = area.Slice(end, area.End);
            }
        }

        _areas.RemoveRange(first, last - first);
        if (tail is { } t)
        {
            _areas.Insert(first, t);
        }

        if (head is { } h)
        {
            _areas.Insert(first, h);
        }
    }

    /// <summary>Adds an area to a free range.</summary>
    public void Insert(in MemoryArea area)
    {
        Invariant.Require(area.Start < area.End && IsFree(area.Start, area.End));
        Account(area, area.Start, area.End, added: true);
        int index = IndexAtOrAfter(area.Start);
        MemoryArea merged = area;
        if (index < _areas.Count && merged.ContinuesWith(_areas[index]))
        {
            merged = merged with { End = _areas[index].End };
            _areas.RemoveAt(index);
        }

        if (index > 0 && _areas[index - 1].ContinuesWith(merged))
        {
            _areas[index - 1] = _areas[index - 1] with { End = merged.End };
            return;
        }

        _areas.Insert(index, merged);
    }

    private void Account(in MemoryArea area, ulong start, ulong end, bool added)
    {
        if (area.Kind == AreaKind.SharedFile)
        {
            ulong pages = (end - start) / GuestPage.SizeBytes;
            ulong stored = area.Allows(GuestProtection.Write) ? pages : 0;
            SharedPages = added ? SharedPages + pages : SharedPages - pages;
            SharedStorePages = added ? SharedStorePages + stored : SharedStorePages - stored;
        }

        if (area.IsCommitted)
        {
            CommittedBytes = added
                ? checked(CommittedBytes + (end - start))
                : checked(CommittedBytes - (end - start));
        }
    }

    /// <summary>Index of the first area that ends behind the address.</summary>
    private int IndexAtOrAfter(ulong address)
    {
        int low = 0;
        int high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_areas[middle].End > address)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
