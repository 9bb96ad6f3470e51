using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Frames that wait for a link, first come, first served. When each will start is known when
/// it comes, so a frame is here until that time.</summary>
internal sealed class LinkQueue
{
    private const int CountMin = 16;

    private (ulong Start, int Bytes)[] _items = new (ulong, int)[CountMin];
    private int _head;
    private ulong _changedAt;

    public int Count { get; private set; }

    public ulong Bytes { get; private set; }

    /// <summary>Frames x time of waiting so far: Little's law makes it the sum of all waits.
    /// </summary>
    public UInt128 FrameTime { get; set; }

    /// <summary>Lets go of what has started by now.</summary>
    public void Release(ulong now)
    {
        while (Count > 0 && _items[_head].Start <= now)
        {
            FrameTime += (UInt128)(_items[_head].Start - _changedAt) * (uint)Count;
            _changedAt = _items[_head].Start;
            Bytes -= (uint)_items[_head].Bytes;
            _head = (_head + 1) & (_items.Length - 1);
            Count--;
        }
    }

    /// <summary>Takes a frame that comes now and starts later.</summary>
    public void Add(ulong now, ulong start, int bytes)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        FrameTime += (UInt128)(now - _changedAt) * (uint)Count;
        _changedAt = now;
        _items[(_head + Count) & (_items.Length - 1)] = (start, bytes);
        Count++;
        Bytes += (uint)bytes;
    }

    private void Grow()
    {
        (ulong, int)[] items = new (ulong, int)[checked(_items.Length * 2)];
        for (int i = 0; i < Count; i++)
        {
            items[i] = _items[(_head + i) & (_items.Length - 1)];
        }

        _items = items;
        _head = 0;
        Invariant.Require(Count < _items.Length);
    }
}
