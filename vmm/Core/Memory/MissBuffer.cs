namespace Dilaton.Core;

/// <summary>A growing list of misses of one slice, in program order; write-backs that leave the
/// last level are kept apart, since they need bandwidth and stall nobody. Reused, so that a slice
/// allocates nothing once it has grown.</summary>
public sealed class MissBuffer
{
    private CacheMiss[] _misses = new CacheMiss[1024];
    private CacheMiss[] _writebacks = new CacheMiss[256];
    private int _missCount;
    private int _writebackCount;

    public ReadOnlySpan<CacheMiss> Misses => _misses.AsSpan(0, _missCount);

    public ReadOnlySpan<CacheMiss> Writebacks => _writebacks.AsSpan(0, _writebackCount);

    /// <summary>HOT: per miss.</summary>
    public void Add(in CacheMiss miss) => Append(ref _misses, ref _missCount, miss);

    /// <summary>HOT: per dirty line that leaves the last level.</summary>
    public void AddWriteback(in CacheMiss writeback) =>
        Append(ref _writebacks, ref _writebackCount, writeback);

    public void Clear()
    {
        _missCount = 0;
        _writebackCount = 0;
    }

    private static void Append(ref CacheMiss[] list, ref int count, in CacheMiss item)
    {
        CacheMiss[] items = list;
        int at = count;
        if ((uint)at >= (uint)items.Length)
        {
            items = Grow(ref list);
        }

        items[at] = item;
        count = at + 1;
    }

    private static CacheMiss[] Grow(ref CacheMiss[] list)
    {
        Array.Resize(ref list, list.Length * 2);
        return list;
    }
}
