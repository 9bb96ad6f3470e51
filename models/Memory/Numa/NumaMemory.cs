using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Several memories, near to some cores and far from others (docs/models.md, "Memory
/// nodes"). A node without cores is far from all.
/// <code>
///   latency = that of the page's node + what the link from the core's node adds, if there is one
/// </code></summary>
public sealed class NumaMemory : ITimingModel, IStatisticsSource
{
    private const int PageShift = 12;

    private readonly NumaNodeOptions[] _nodes;
    private readonly int[] _homes;
    private readonly MemoryLink?[] _links;
    private readonly NumaPlacement _placement;
    private readonly int[][] _nearest;
    private readonly Dictionary<ulong, int> _places = [];
    private readonly ulong[] _pages;
    private readonly ulong[] _near;
    private readonly ulong[] _far;
    private readonly VirtualDuration[] _one = new VirtualDuration[1];

    /// <param name="ways">To each node from each that has cores.</param>
    public NumaMemory(
        IReadOnlyList<NumaNodeOptions> nodes,
        IReadOnlyList<NumaWay> ways,
        NumaPlacement placement,
        int vcpuCount,
        int lineSizeBytes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(ways);
        _nodes = [.. nodes];
        _placement = placement;
        _pages = new ulong[_nodes.Length];
        _near = new ulong[_nodes.Length];
        _far = new ulong[_nodes.Length];
        _homes = new int[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            _homes[i] = Array.FindIndex(_nodes, node => node.Cores.Contains(i));
            Invariant.Require(_homes[i] >= 0, "a core has no memory node");
        }

        _links = Links(ways, lineSizeBytes);
        _nearest = new int[_nodes.Length][];
        for (int from = 0; from < _nodes.Length; from++)
        {
            int home = from;
            _nearest[from] =
            [
                .. Enumerable.Range(0, _nodes.Length)
                    .OrderBy(to => DelayOf(home, to)).ThenBy(to => to),
            ];
        }

        MinLatency = _homes.SelectMany(home => Enumerable.Range(0, _nodes.Length)
            .Select(to => _nodes[to].Memory.MinLatency + DelayOf(home, to))).Min();
    }

    public VirtualDuration MinLatency { get; }

    public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies)
    {
        Invariant.Require(latencies.Length >= requests.Length);
        for (int i = 0; i < requests.Length; i++)
        {
            latencies[i] = Serve(requests.Slice(i, 1));
        }
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        for (int i = 0; i < _nodes.Length; i++)
        {
            list.Add(_nodes[i].Name, new NodeStatistics(this, i));
        }
    }

    public void ResetStatistics()
    {
        Array.Clear(_near);
        Array.Clear(_far);
        foreach (MemoryLink? link in _links)
        {
            link?.ResetStatistics();
        }

        foreach (NumaNodeOptions node in _nodes)
        {
            ((IStatisticsSource)node.Memory).ResetStatistics();
        }
    }

    private VirtualDuration DelayOf(int from, int to) =>
        LinkOf(from, to)?.MinDelay ?? VirtualDuration.Zero;

    private MemoryLink? LinkOf(int from, int to) => _links[(from * _nodes.Length) + to];

    private MemoryLink?[] Links(IReadOnlyList<NumaWay> ways, int lineSizeBytes)
    {
        int count = _nodes.Length;
        MemoryLink?[] links = new MemoryLink?[count * count];
        foreach (NumaWay way in ways.OrderBy(way => way.From is null ? 0 : 1))
        {
            MemoryLink link = new(way.Link, lineSizeBytes);
            for (int from = 0; from < count; from++)
            {
                if (from != way.To && (way.From ?? from) == from)
                {
                    links[(from * count) + way.To] = link;
                }
            }
        }

        foreach (int from in _homes.Distinct())
        {
            for (int to = 0; to < count; to++)
            {
                Invariant.Require(
                    from == to || links[(from * count) + to] is not null, "no way to a memory node");
            }
        }

        return links;
    }

    /// <summary>HOT: per request.</summary>
    private VirtualDuration Serve(ReadOnlySpan<MemoryRequest> request)
    {
        ref readonly MemoryRequest one = ref request[0];
        int from = _homes[one.Vcpu.Index];
        int to = PlaceOf(one.Line >> PageShift, from);
        _nodes[to].Memory.Weave(request, _one);
        if (LinkOf(from, to) is not { } link)
        {
            _near[to]++;
            return _one[0];
        }

        _far[to]++;
        return _one[0] + link.Cross(one.At, one.Kind == MemoryEventKind.Writeback);
    }

    private int PlaceOf(ulong page, int from)
    {
        if (_placement == NumaPlacement.Interleaved)
        {
            return (int)(page % (ulong)_nodes.Length);
        }

        if (_places.TryGetValue(page, out int place))
        {
            return place;
        }

        place = Array.Find(
            _nearest[from], to => _nodes[to].Pages is not { } most || _pages[to] < most);
        _pages[place]++;
        _places.Add(page, place);
        return place;
    }

    private sealed class NodeStatistics(NumaMemory memory, int node) : IStatisticsSource
    {
        public void Collect(StatisticsList list)
        {
            list.Count("near", memory._near[node], "Count", "requests of its own cores");
            list.Count("far", memory._far[node], "Count", "requests of other cores");
            if (memory._placement == NumaPlacement.FirstTouch)
            {
                list.Count("pages", memory._pages[node], "Count", "pages touched first from there, "
                    + "or for which no nearer node had room");
            }

            HashSet<MemoryLink> seen = [];
            for (int from = 0; from < memory._nodes.Length; from++)
            {
                if (memory._homes.Contains(from) && memory.LinkOf(from, node) is { } link
                    && seen.Add(link))
                {
                    list.Add($"from.{memory._nodes[from].Name}", new WayStatistics(link));
                }
            }

            list.Add("dram", (IStatisticsSource)memory._nodes[node].Memory);
        }

        public void ResetStatistics() => memory.ResetStatistics();
    }

    private sealed class WayStatistics(MemoryLink link) : IStatisticsSource
    {
        public void Collect(StatisticsList list) => LinkStatistics.Collect(list, link);

        public void ResetStatistics() => link.ResetStatistics();
    }
}
