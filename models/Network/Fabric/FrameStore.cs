namespace Dilaton.Models.Network;

/// <summary>The frames in a network, in slots that are used again.</summary>
internal sealed class FrameStore
{
    private const int CountMin = 64;

    private readonly Stack<int> _free = [];
    private FrameSlot[] _slots = new FrameSlot[CountMin];
    private int _used;
    private ulong _serial;

    public int Count => _used - _free.Count;

    public ref readonly FrameSlot this[int slot] => ref _slots[slot];

    public int Add(in FrameSlot frame)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == _slots.Length)
            {
                Array.Resize(ref _slots, checked(_used * 2));
            }

            slot = _used++;
        }

        _slots[slot] = frame with { Serial = ++_serial };
        return slot;
    }

    /// <summary>Its next event is elsewhere.</summary>
    public void Move(int slot, ulong at, int source) =>
        _slots[slot] = _slots[slot] with { At = at, Source = source };

    public void CountHop(int slot) =>
        _slots[slot] = _slots[slot] with { Hops = _slots[slot].Hops + 1 };

    public void Remove(int slot)
    {
        // Or its bytes would live as long as the slot.
        _slots[slot] = default;
        _free.Push(slot);
    }
}
