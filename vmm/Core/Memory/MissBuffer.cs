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

    public void Add(in CacheMiss miss)
    {
        if (_missCount == _misses.Length)
        {
            Array.Resize(ref _misses, _missCount * 2);
        }

        _misses[_missCount++] = miss;
    }

    public void AddWriteback(in CacheMiss writeback)
    {
        if (_writebackCount == _writebacks.Length)
        {
            Array.Resize(ref _writebacks, _writebackCount * 2);
        }

        _writebacks[_writebackCount++] = writeback;
    }

    public void Clear()
    {
        _missCount = 0;
        _writebackCount = 0;
    }
}
