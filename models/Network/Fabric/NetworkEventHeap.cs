using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Events, the first one at hand: a heap of four children each.</summary>
internal sealed class NetworkEventHeap
{
    private const int Children = 4;
    private const int CountMin = 64;

    private NetworkEvent[] _items = new NetworkEvent[CountMin];

    public int Count { get; private set; }

    public ref readonly NetworkEvent First => ref _items[0];

    /// <summary>HOT: per frame and hop.</summary>
    public void Add(in NetworkEvent item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, checked(Count * 2));
        }

        NetworkEvent[] items = _items;
        int at = Count++;
        while (at > 0)
        {
            int parent = (at - 1) / Children;
            if (!item.IsBefore(items[parent]))
            {
                break;
            }

            items[at] = items[parent];
            at = parent;
        }

        items[at] = item;
    }

    /// <summary>HOT: per frame and hop.</summary>
    public NetworkEvent TakeFirst()
    {
        Invariant.Require(Count > 0);
        NetworkEvent[] items = _items;
        NetworkEvent first = items[0];
        NetworkEvent moved = items[--Count];
        int at = 0;
        while (true)
        {
            int child = (at * Children) + 1;
            if (child >= Count)
            {
                break;
            }

            int end = Math.Min(child + Children, Count);
            int least = child;
            for (int i = child + 1; i < end; i++)
            {
                if (items[i].IsBefore(items[least]))
                {
                    least = i;
                }
            }

            if (!items[least].IsBefore(moved))
            {
                break;
            }

            items[at] = items[least];
            at = least;
        }

        items[at] = moved;
        return first;
    }
}
