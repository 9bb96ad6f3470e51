using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Which of many nodes is next: a binary heap by (time, number) in which every node has a
/// place of its own. Changing a node's time is O(log n), so that a node with nothing to do costs
/// nothing.</summary>
internal sealed class NodeHeap
{
    private readonly VirtualTime[] _times;
    private readonly int[] _heap;
    private readonly int[] _places;

    public NodeHeap(int count)
    {
        _times = new VirtualTime[count];
        _heap = new int[count];
        _places = new int[count];
        for (int i = 0; i < count; i++)
        {
            _heap[i] = i;
            _places[i] = i;
        }
    }

    /// <summary>The node with the lowest (time, number).</summary>
    public int First => _heap[0];

    public VirtualTime FirstTime => _heap.Length == 0 ? VirtualTime.MaxValue : _times[_heap[0]];

    public VirtualTime this[int node]
    {
        get => _times[node];
        set
        {
            _times[node] = value;
            Up(_places[node]);
            Down(_places[node]);
        }
    }

    private void Up(int place)
    {
        while (place > 0 && IsBefore(_heap[place], _heap[(place - 1) / 2]))
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void Down(int place)
    {
        while (true)
        {
            int least = place;
            for (int child = (2 * place) + 1; child <= (2 * place) + 2; child++)
            {
                if (child < _heap.Length && IsBefore(_heap[child], _heap[least]))
                {
                    least = child;
                }
            }

            if (least == place)
            {
                return;
            }

            Swap(place, least);
            place = least;
        }
    }

    private bool IsBefore(int a, int b) =>
        _times[a] < _times[b] || (_times[a] == _times[b] && a < b);

    private void Swap(int a, int b)
    {
        (_heap[a], _heap[b]) = (_heap[b], _heap[a]);
        _places[_heap[a]] = a;
        _places[_heap[b]] = b;
    }
}
