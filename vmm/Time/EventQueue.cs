using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>A node's future as a binary heap ordered by (time, order of scheduling). Scheduling,
/// cancelling and taking are O(log n); nothing is allocated once it has grown.</summary>
public sealed class EventQueue : IEventQueue
{
    // An event stays in its entry while it moves in the heap. A ticket names entry and
    // generation, so that a ticket of an event that is gone matches nothing.
    private Entry[] _entries = new Entry[16];
    private int[] _heap = new int[16];
    private int[] _free = new int[16];
    private int _entryCount;
    private int _freeCount;
    private ulong _order;

    public int Count { get; private set; }

    /// <summary>Time of the earliest event; <see cref="VirtualTime.MaxValue"/> if there is none.
    /// </summary>
    public VirtualTime NextTime => Count == 0 ? VirtualTime.MaxValue : _entries[_heap[0]].At;

    /// <summary>Nothing may be scheduled before this; it follows the events that were taken.
    /// </summary>
    public VirtualTime Floor { get; private set; }

    /// <summary>Moves the floor up to the time of the act in progress.</summary>
    public void RaiseFloor(VirtualTime now)
    {
        Invariant.Require(now >= Floor);
        Floor = now;
    }

    public ulong Schedule(VirtualTime at, INodeEvent action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Invariant.Require(at >= Floor, "an event is scheduled in the past");
        int entry = TakeEntry();
        _entries[entry].At = at;
        _entries[entry].Order = _order++;
        _entries[entry].Action = action;
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        _heap[Count] = entry;
        _entries[entry].Position = Count;
        Count++;
        Up(Count - 1);
        return ((ulong)_entries[entry].Generation << 32) | (uint)entry;
    }

    public void Cancel(ulong ticket)
    {
        int entry = (int)(uint)ticket;
        if (entry >= 0 && entry < _entryCount
            && _entries[entry].Generation == (uint)(ticket >> 32)
            && _entries[entry].Action is not null)
        {
            RemoveAt(_entries[entry].Position);
        }
    }

    /// <summary>Removes the earliest event.</summary>
    public INodeEvent Take(out VirtualTime at)
    {
        Invariant.Require(Count > 0);
        ref Entry first = ref _entries[_heap[0]];
        at = first.At;
        INodeEvent action = first.Action!; // Set while the entry is in the heap.
        Invariant.Require(at >= Floor, "time went back");
        Floor = at;
        RemoveAt(0);
        return action;
    }

    /// <summary>Forgets all events of a kind.</summary>
    public void RemoveAll(Predicate<INodeEvent> isOfKind)
    {
        ArgumentNullException.ThrowIfNull(isOfKind);
        for (int i = 0; i < _entryCount; i++)
        {
            if (_entries[i].Action is { } action && isOfKind(action))
            {
                RemoveAt(_entries[i].Position);
            }
        }
    }

    private int TakeEntry()
    {
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }

        if (_entryCount == _entries.Length)
        {
            Array.Resize(ref _entries, _entryCount * 2);
            Array.Resize(ref _free, _entryCount * 2);
        }

        _entries[_entryCount].Generation = 1;
        return _entryCount++;
    }

    private void RemoveAt(int position)
    {
        int entry = _heap[position];
        _entries[entry].Action = null;
        _entries[entry].Generation++;
        _free[_freeCount++] = entry;
        Count--;
        if (position == Count)
        {
            return;
        }

        _heap[position] = _heap[Count];
        _entries[_heap[position]].Position = position;
        Down(position);
        Up(position);
    }

    private bool Before(int a, int b)
    {
        ref Entry x = ref _entries[a];
        ref Entry y = ref _entries[b];
        return x.At < y.At || (x.At == y.At && x.Order < y.Order);
    }

    private void Up(int position)
    {
        while (position > 0)
        {
            int parent = (position - 1) / 2;
            if (!Before(_heap[position], _heap[parent]))
            {
                return;
            }

            Swap(position, parent);
            position = parent;
        }
    }

    private void Down(int position)
    {
        while (true)
        {
            int least = position;
            int left = (2 * position) + 1;
            if (left < Count && Before(_heap[left], _heap[least]))
            {
                least = left;
            }

            if (left + 1 < Count && Before(_heap[left + 1], _heap[least]))
            {
                least = left + 1;
            }

            if (least == position)
            {
                return;
            }

            Swap(position, least);
            position = least;
        }
    }

    private void Swap(int a, int b)
    {
        (_heap[a], _heap[b]) = (_heap[b], _heap[a]);
        _entries[_heap[a]].Position = a;
        _entries[_heap[b]].Position = b;
    }

    private struct Entry
    {
        public VirtualTime At;
        public ulong Order;
        public uint Generation;
        public int Position;
        public INodeEvent? Action;
    }
}
