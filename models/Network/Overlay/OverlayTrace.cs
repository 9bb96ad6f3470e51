using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Where a frame would go in an overlay in which no other is, and nothing was learned.
/// </summary>
public sealed class OverlayTrace
{
    private const int StepsMax = 10_000;

    private readonly OverlayOptions _options;
    private readonly OverlayLinks _numbers;
    private readonly Link[] _links;
    private readonly int _portCount;
    private readonly int[] _hostOf;
    private readonly RouteTable[] _tables;
    private readonly bool[] _isUp;

    /// <param name="options">Without mistakes.</param>
    /// <param name="at">Tables and links are as of this time.</param>
    public OverlayTrace(OverlayOptions options, int portCount, VirtualTime at)
    {
        _options = options;
        _portCount = portCount;
        _hostOf = options.HostOfPorts(portCount);
        _numbers = new OverlayLinks(portCount, _hostOf, options);
        _links = _numbers.Build();
        _tables = [.. options.Hosts.Select(_ => new RouteTable())];
        _isUp = [.. options.Edges.Select(_ => true)];
        foreach (OverlayCommand command in options.Order.Select(i => options.Commands[i])
            .Where(c => c.Time <= at))
        {
            Take(command);
        }
    }

    public IReadOnlyList<RouteTable> Tables => _tables;

    public IReadOnlyList<bool> IsUp => _isUp;

    /// <summary>Follows a frame from its node on.</summary>
    /// <param name="arrivals">Takes the nodes that it comes to, with the time it takes.</param>
    public IReadOnlyList<OverlayStep> Follow(
        int port, ulong destination, int frameBytes, ICollection<(int Port, VirtualTime Time)> arrivals)
    {
        List<OverlayStep> steps = [];
        if (_hostOf[port] < 0)
        {
            return steps;
        }

        PriorityQueue<(int Link, int Hops), (ulong Time, int Link)> open = new();
        HashSet<int> visited = [];
        ulong first = Pass(port, 0, frameBytes);
        open.Enqueue((port, 0), (first, port));
        while (steps.Count < StepsMax
            && open.TryDequeue(out (int Link, int Hops) came, out (ulong Time, int) at))
        {
            int host = _links[came.Link].To;
            bool isFirst = visited.Add(host);
            OverlayStep step = isFirst || !_options.DropsDuplicates
                ? Choose(came, host, EthernetFrame.AddressOf(port), destination, at.Time)
                : new OverlayStep(
                    new VirtualTime(at.Time), host, _numbers.EndOf(came.Link), 0, [], [],
                    "a copy came before");
            steps.Add(step);
            foreach (OverlayEnd end in step.To)
            {
                int link = _numbers.To(end, host);
                if (end.Kind == OverlayEndKind.Interface)
                {
                    ulong arrival = at.Time + _links[link].Unloaded(frameBytes);
                    arrivals.Add((end.Number, new VirtualTime(arrival)));
                }
                else
                {
                    ulong next = Pass(link, at.Time, frameBytes);
                    open.Enqueue((link, came.Hops + 1), (next, link));
                }
            }
        }

        return steps;
    }

    /// <summary>Nodes in parts between which no frame goes, either way: neither one to all nor one
    /// to a node's address. The part with node 0 first.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Parts()
    {
        int[] part = [.. Enumerable.Range(0, _portCount)];
        for (int port = 0; port < _portCount; port++)
        {
            List<(int Port, VirtualTime Time)> arrivals = [];
            Follow(port, EthernetFrame.Broadcast, EthernetFrame.HeaderBytes, arrivals);
            Join(port, arrivals);
            for (int other = 0; other < _portCount; other++)
            {
                if (Root(part, other) != Root(part, port))
                {
                    arrivals.Clear();
                    Follow(port, EthernetFrame.AddressOf(other), EthernetFrame.HeaderBytes, arrivals);
                    Join(port, arrivals.Where(a => a.Port == other));
                }
            }
        }

        return [.. Enumerable.Range(0, _portCount).GroupBy(port => Root(part, port))
            .Select(group => group.ToArray())];

        void Join(int port, IEnumerable<(int Port, VirtualTime Time)> arrivals)
        {
            foreach ((int to, VirtualTime _) in arrivals)
            {
                (int a, int b) = (Root(part, port), Root(part, to));
                part[Math.Max(a, b)] = Math.Min(a, b);
            }
        }
    }

    private static int Root(int[] part, int port)
    {
        while (part[port] != port)
        {
            port = part[port];
        }

        return port;
    }

    private ulong Pass(int link, ulong now, int frameBytes) =>
        now + _links[link].Unloaded(frameBytes) + _options.ForwardingLatency.Picoseconds;

    private OverlayStep Choose(
        (int Link, int Hops) came, int host, ulong source, ulong destination, ulong time)
    {
        OverlayEnd from = _numbers.EndOf(came.Link);
        List<RouteEntry> taken = [];
        int priority = _tables[host].Match(source, destination, from, taken);
        List<OverlayEnd> ends = [.. taken.Select(entry => entry.Route.To).Distinct()];
        string dropped = "";
        if (taken.Count == 0 && !_options.Learning)
        {
            dropped = "no route is for it";
        }
        else if (taken.Count == 0)
        {
            ends = [.. _links.Select((link, i) => (link, i)).Where(l => l.link.From == host)
                .Select(l => _numbers.EndOf(l.i))];
        }

        if (ends.Remove(from) && ends.Count == 0)
        {
            dropped = "the only way is the one it came by";
        }

        if (ends.RemoveAll(e => e.Kind == OverlayEndKind.Edge && !_isUp[e.Number]) > 0)
        {
            dropped = "a link was taken away";
        }

        if (came.Hops == _options.Hops
            && ends.RemoveAll(end => end.Kind == OverlayEndKind.Edge) > 0)
        {
            dropped = "at the limit of its hops";
        }

        return new OverlayStep(
            new VirtualTime(time), host, from, priority, taken, ends, dropped);
    }

    private void Take(OverlayCommand command)
    {
        switch (command)
        {
            case AddRouteCommand add:
                _tables[add.Host].Add(add.Route);
                break;
            case DeleteRouteCommand delete:
                _tables[delete.Host].Delete(delete.Index);
                break;
            case SetEdgeCommand edge:
                _isUp[edge.Edge] = edge.IsUp;
                break;
            default:
                throw new InvariantException("an unknown command");
        }
    }
}
