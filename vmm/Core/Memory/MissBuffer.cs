using System.Runtime.CompilerServices;

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

    public void Add(in CacheMiss miss) => Next(ref _misses, ref _missCount) = miss;

    /// <summary>HOT: per miss. Field by field: the copy of a whole value that was just written waits for its
    /// parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(
        ulong line, uint offsetUnits, uint cycles, MemoryEventKind kind, bool behindCut, bool awaitsPrefetch) =>
        Next(ref _misses, ref _missCount) = new CacheMiss(line, offsetUnits, cycles, kind, behindCut)
        {
            AwaitsPrefetch = awaitsPrefetch,
        };

    public void AddWriteback(in CacheMiss writeback) => Next(ref _writebacks, ref _writebackCount) = writeback;

    /// <summary>HOT: per dirty line that leaves the last level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddWriteback(ulong line, uint offsetUnits, uint cycles) =>
        Next(ref _writebacks, ref _writebackCount) =
            new CacheMiss(line, offsetUnits, cycles, MemoryEventKind.Writeback, true);

    public void Clear()
    {
        _missCount = 0;
        _writebackCount = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref CacheMiss Next(ref CacheMiss[] list, ref int count)
    {
        CacheMiss[] items = list;
        int at = count;
        if ((uint)at >= (uint)items.Length)
        {
            items = Grow(ref list);
        }

        count = at + 1;
        return ref items[at];
    }

    private static CacheMiss[] Grow(ref CacheMiss[] list)
    {
        Array.Resize(ref list, list.Length * 2);
        return list;
    }
}
