namespace Dilaton.Models.Network;

/// <summary>When the first of the frames can arrive. A frame's bound only grows on its way, by its
/// waits; so it is kept as it was, and looked at again when it is the least.</summary>
/// <param name="bound">Of a slot's frame, where it is now: it does not arrive sooner.</param>
internal sealed class EarliestBound(FrameStore frames, Func<int, ulong> bound)
{
    private const int DeadMin = 64;

    private readonly PriorityQueue<(int Slot, ulong Serial), ulong> _bounds = new();
    private readonly List<((int Slot, ulong Serial), ulong)> _alive = [];

    public ulong Value
    {
        get
        {
            while (_bounds.TryPeek(out (int Slot, ulong Serial) first, out ulong least))
            {
                if (frames[first.Slot].Serial != first.Serial)
                {
                    _bounds.Dequeue();
                    continue;
                }

                ulong now = bound(first.Slot);
                if (now == least)
                {
                    return least;
                }

                _bounds.DequeueEnqueue(first, now);
            }

            return ulong.MaxValue;
        }
    }

    /// <summary>A frame has come.</summary>
    public void Add(int slot)
    {
        if (_bounds.Count > (2 * frames.Count) + DeadMin)
        {
            Sweep();
        }

        _bounds.Enqueue((slot, frames[slot].Serial), bound(slot));
    }

    // Who never asks must not keep a bound for every frame that ever was.
    private void Sweep()
    {
        foreach (((int Slot, ulong Serial) item, ulong least) in _bounds.UnorderedItems)
        {
            if (frames[item.Slot].Serial == item.Serial)
            {
                _alive.Add((item, least));
            }
        }

        _bounds.Clear();
        foreach (((int Slot, ulong Serial) item, ulong least) in _alive)
        {
            _bounds.Enqueue(item, least);
        }

        _alive.Clear();
    }
}
