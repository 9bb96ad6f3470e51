using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>How soon a frame can get through an empty overlay, whatever the routes say: the shortest
/// ways over all edges (E. W. Dijkstra, 1959), by the frame's size. Routes and edges that were taken
/// away can only make it longer.</summary>
/// <param name="hostCount">Nodes at a host beyond these are nowhere.</param>
internal sealed class OverlayPaths(
    Link[] links, int portCount, int hostCount, ulong forwardingPicoseconds)
{
    /// <summary>There is no way.</summary>
    public const ulong Never = ulong.MaxValue;

    private const int SizesMax = 4096;

    private readonly Dictionary<int, Ways> _bySize = [];

    /// <summary>From any node to any other.</summary>
    public ulong Shortest(int frameBytes)
    {
        ulong least = Never;
        for (int port = 0; port < portCount; port++)
        {
            least = Math.Min(least, FromNode(port, frameBytes));
        }

        return least;
    }

    /// <summary>From standing at a node's link to another node.</summary>
    public ulong FromNode(int port, int frameBytes) => Sum(
        links[port].Unloaded(frameBytes) + forwardingPicoseconds,
        FromHost(links[port].To, port, frameBytes));

    /// <summary>From standing at a host's output to a node.</summary>
    /// <param name="except">The node that it came from and does not go back to; or -1.</param>
    public ulong FromHost(int host, int except, int frameBytes)
    {
        if (host >= hostCount)
        {
            return Never;
        }

        Ways ways = OfSize(frameBytes);
        if (except < 0)
        {
            return ways.ToAny[host];
        }

        return Math.Min(
            ways.Nearest[host] == except ? ways.Second[host] : ways.Direct[host],
            ways.OverEdges[host]);
    }

    private static ulong Sum(ulong a, ulong b) => Never - a <= b ? Never : a + b;

    private Ways OfSize(int frameBytes)
    {
        if (_bySize.TryGetValue(frameBytes, out Ways? ways))
        {
            return ways;
        }

        if (_bySize.Count == SizesMax)
        {
            _bySize.Clear();
        }

        ways = Find(frameBytes);
        _bySize.Add(frameBytes, ways);
        return ways;
    }

    private Ways Find(int frameBytes)
    {
        Ways ways = new(hostCount);
        for (int port = 0; port < portCount; port++)
        {
            Link down = links[portCount + port];
            if (down.From < hostCount)
            {
                ways.AddNode(down.From, port, down.Unloaded(frameBytes));
            }
        }

        List<Link>[] into = [.. Enumerable.Range(0, hostCount).Select(_ => new List<Link>())];
        PriorityQueue<int, ulong> open = new();
        for (int host = 0; host < hostCount; host++)
        {
            ways.ToAny[host] = ways.Direct[host];
            open.Enqueue(host, ways.Direct[host]);
        }

        foreach (Link edge in links.Skip(2 * portCount))
        {
            into[edge.To].Add(edge);
        }

        while (open.TryDequeue(out int host, out ulong rest))
        {
            if (rest != ways.ToAny[host] || rest == Never)
            {
                continue;
            }

            foreach (Link edge in into[host])
            {
                ulong way = Sum(edge.Unloaded(frameBytes) + forwardingPicoseconds, rest);
                ways.OverEdges[edge.From] = Math.Min(ways.OverEdges[edge.From], way);
                if (way < ways.ToAny[edge.From])
                {
                    ways.ToAny[edge.From] = way;
                    open.Enqueue(edge.From, way);
                }
            }
        }

        return ways;
    }

    /// <summary>Of each host, for one size of frame.</summary>
    private sealed class Ways
    {
        public Ways(int hostCount)
        {
            Direct = Filled(hostCount);
            Second = Filled(hostCount);
            OverEdges = Filled(hostCount);
            ToAny = Filled(hostCount);
            Nearest = new int[hostCount];
            Array.Fill(Nearest, -1);
        }

        /// <summary>To the nearest node at the host, and to the next nearest.</summary>
        public ulong[] Direct { get; }

        public ulong[] Second { get; }

        public int[] Nearest { get; }

        /// <summary>Over an edge first.</summary>
        public ulong[] OverEdges { get; }

        public ulong[] ToAny { get; }

        public void AddNode(int host, int port, ulong way)
        {
            if (way < Direct[host])
            {
                Second[host] = Direct[host];
                (Direct[host], Nearest[host]) = (way, port);
            }
            else
            {
                Second[host] = Math.Min(Second[host], way);
            }
        }

        private static ulong[] Filled(int count)
        {
            ulong[] values = new ulong[count];
            Array.Fill(values, Never);
            return values;
        }
    }
}
