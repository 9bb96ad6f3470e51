using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>A place of an overlay: its table, and what it has learned.</summary>
/// <param name="number">Of the host.</param>
/// <param name="outputs">Links out of it, to nodes and along edges, by number.</param>
internal sealed class OverlayHost(int number, string name, int[] outputs, OverlayLinks links)
{
    /// <summary>Beyond this the cache is emptied.</summary>
    private const int CachedMax = 65_536;

    /// <summary>Beyond this nothing is learned.</summary>
    private const int LearnedMax = 65_536;

    private readonly Dictionary<(int In, ulong Source, ulong Destination), OverlayChoice> _cache =
        [];

    private readonly Dictionary<ulong, (int Link, ulong Seen)> _learned = [];
    private readonly List<RouteEntry> _taken = [];
    private readonly List<int> _ways = [];

    public string Name { get; } = name;

    public RouteTable Table { get; } = new();

    public OverlayDrops Drops { get; set; } = new();

    /// <summary>Frames that went by what was learned.</summary>
    public ulong Learned { get; set; }

    /// <summary>Frames that went everywhere, as nothing was known of their destination.</summary>
    public ulong Flooded { get; set; }

    public void Add(OverlayRoute route)
    {
        Table.Add(route);
        _cache.Clear();
    }

    public void Delete(int index)
    {
        bool isThere = Table.Delete(index);
        Invariant.Require(isThere, "a route is deleted that is not there");
        _cache.Clear();
    }

    /// <summary>An edge has gone: what was learned over it is wrong.</summary>
    public void Forget(int edge)
    {
        foreach ((ulong address, (int link, ulong _)) in _learned)
        {
            if (links.EndOf(link) == OverlayEnd.Edge(edge))
            {
                _learned.Remove(address);
            }
        }
    }

    /// <summary>HOT: per frame and host. What the routes say of a frame that came over a link.
    /// </summary>
    public OverlayChoice Choose(int from, ulong source, ulong destination)
    {
        if (_cache.TryGetValue((from, source, destination), out OverlayChoice? choice))
        {
            return choice;
        }

        if (_cache.Count == CachedMax)
        {
            _cache.Clear();
        }

        OverlayEnd end = links.EndOf(from);
        Table.Match(source, destination, end, _taken);
        _ways.Clear();
        foreach (RouteEntry entry in _taken)
        {
            int link = links.To(entry.Route.To, number);
            if (entry.Route.To != end && !_ways.Contains(link))
            {
                _ways.Add(link);
            }
        }

        choice = new OverlayChoice([.. _taken], [.. _ways]);
        _cache.Add((from, source, destination), choice);
        return choice;
    }

    /// <summary>Takes down by which way an address is, group addresses left out.</summary>
    public void Learn(int from, ulong source, ulong now)
    {
        if ((source & EthernetFrame.GroupBit) == 0
            && (_learned.Count < LearnedMax || _learned.ContainsKey(source)))
        {
            _learned[source] = (from, now);
        }
    }

    /// <summary>Where a frame goes that no route is for: by what was learned, or everywhere but
    /// back.</summary>
    public ReadOnlySpan<int> Find(int from, ulong destination, ulong now, ulong ageing)
    {
        OverlayEnd came = links.EndOf(from);
        _ways.Clear();
        if (_learned.TryGetValue(destination, out (int Link, ulong Seen) known)
            && now - known.Seen < ageing)
        {
            Learned++;
            OverlayEnd end = links.EndOf(known.Link);
            if (end != came)
            {
                _ways.Add(links.To(end, number));
            }
        }
        else
        {
            Flooded++;
            foreach (int link in outputs)
            {
                if (links.EndOf(link) != came)
                {
                    _ways.Add(link);
                }
            }
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ways);
    }

    public void Collect(StatisticsList list, bool learns)
    {
        Drops.Collect(list, $"{Name}.");
        if (learns)
        {
            list.Count($"{Name}.learned", Learned, "Count", "frames that went by what was learned");
            list.Count($"{Name}.flooded", Flooded, "Count", "frames that went everywhere");
        }

        foreach (RouteEntry entry in Table.Entries)
        {
            list.Count($"{Name}.route{entry.Index}.hits", entry.Hits, "Count",
                "frames that the route was taken for");
        }
    }

    public void ResetStatistics()
    {
        Drops = new OverlayDrops();
        Learned = 0;
        Flooded = 0;
        foreach (RouteEntry entry in Table.Entries)
        {
            entry.Hits = 0;
        }
    }
}
