using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Overlay hosts with routing tables, in the manner of VNET (L. Xia et al., VNET/P, HPDC
/// 2012), joined by edges that take virtual time.
/// <code>
///   node ── up ──> host: duplicate? learn, routes of highest priority, else learned or everywhere
///                    │ a copy for each way but back
///                    ├── edge ──> host ── ...      at most `hops` edges
///                    └── down ──> node
/// </code>
/// Commands are taken before what stands at a host at their time.</summary>
public sealed class OverlayNetwork : SwitchedNetwork
{
    private readonly OverlayOptions _options;
    private readonly OverlayLinks _numbers;
    private readonly OverlayHost[] _hosts;
    private readonly bool[] _isUp;
    private readonly int[] _commands;
    private readonly OverlayOrigins _origins;
    private readonly OverlayPaths _paths;
    private readonly ulong _ageing;
    private int _taken;

    public OverlayNetwork(string key, OverlayOptions options, int portCount)
        : this(options, portCount, HostsOf(key, options, portCount))
    {
    }

    private OverlayNetwork(OverlayOptions options, int portCount, int[] hostOf)
        : this(options, portCount, new OverlayLinks(portCount, hostOf, options))
    {
    }

    private OverlayNetwork(OverlayOptions options, int portCount, OverlayLinks numbers)
        : base(portCount, numbers.Build(), options.ForwardingLatency)
    {
        _options = options;
        _numbers = numbers;
        int count = options.Hosts.Count;
        ILookup<int, int> outputs = Enumerable.Range(portCount, Links.Length - portCount)
            .ToLookup(link => Links[link].From);

        // Behind the last is where nodes are that are at no host: nothing leads out of it.
        _hosts =
        [
            .. options.Hosts.Select(
                (host, i) => new OverlayHost(i, host.Name, [.. outputs[i]], numbers)),
            new OverlayHost(count, "nowhere", [], numbers),
        ];
        _isUp = [.. options.Edges.Select(_ => true)];
        _commands = [.. options.Order];
        _origins = new OverlayOrigins(_hosts.Length);
        _paths = new OverlayPaths(Links, portCount, count, ForwardingPicoseconds);
        _ageing = options.Ageing.Picoseconds;
        Lookahead = new VirtualDuration(Math.Min(
            _paths.Shortest(EthernetFrame.HeaderBytes), LinkOptions.LatencyMax.Picoseconds));
        TakeCommands(0);
    }

    public OverlayOptions Options => _options;

    /// <summary>Is told of each frame that stands at an edge that is there, in the order of virtual
    /// time: the edge, when, and the frame. Null for nobody.</summary>
    public Action<int, VirtualTime, ReadOnlyMemory<byte>>? Passing { get; set; }

    /// <summary>Commands taken so far, in the order of taking them.</summary>
    public IEnumerable<OverlayCommand> Taken =>
        _commands.Take(_taken).Select(i => _options.Commands[i]);

    /// <summary>The table of a host, as of the last command taken.</summary>
    public RouteTable TableOf(int host) => _hosts[host].Table;

    /// <summary>Takes what is due up to a time at which nothing stands at a host any more: the
    /// end of a run.</summary>
    public void TakeCommandsUntil(VirtualTime time) => TakeCommands(time.Picoseconds);

    /// <summary>Totals, links, then hosts with their routes.</summary>
    public override void Collect(StatisticsList list)
    {
        base.Collect(list);
        OverlayDrops sum = new()
        {
            Unmatched = Sum(drops => drops.Unmatched),
            Returned = Sum(drops => drops.Returned),
            Expired = Sum(drops => drops.Expired),
            Duplicates = Sum(drops => drops.Duplicates),
            Cut = Sum(drops => drops.Cut),
        };
        sum.Collect(list, "");
        list.Count("commands", (uint)_taken, "Count", "commands taken");
        foreach (OverlayHost host in _hosts.Take(_options.Hosts.Count))
        {
            host.Collect(list, _options.Learning);
        }
    }

    public override void ResetStatistics()
    {
        base.ResetStatistics();
        foreach (OverlayHost host in _hosts)
        {
            host.ResetStatistics();
        }
    }

    private protected override FrameSlot Enter(in FrameDeparture departure) => new(
        departure.Frame, departure.Time.Picoseconds, Destination: 0, Flow: 0,
        departure.Time.Picoseconds, departure.Port, Serial: 0, _origins.Add());

    private protected override void Remove(int slot)
    {
        _origins.RemoveCopy(Frames[slot].Origin);
        base.Remove(slot);
    }

    /// <summary>HOT: per frame and host.</summary>
    private protected override void Forward(
        in NetworkEvent here, Link from, ICollection<FrameArrival> arrivals, ref ulong stop)
    {
        TakeCommands(here.Time);
        OverlayHost host = _hosts[from.To];
        FrameSlot frame = Frames[here.Slot];
        if (_options.DropsDuplicates && !_origins.Visit(frame.Origin, from.To))
        {
            host.Drops.Duplicates++;
            Drop(here.Slot);
            return;
        }

        int came = here.Source - PortCount;
        ReadOnlySpan<byte> bytes = frame.Frame.Span;
        ulong destination = EthernetFrame.ReadAddress(bytes);
        ulong source = EthernetFrame.ReadAddress(bytes[6..]);
        bool learns = _options.Learning && from.To < _options.Hosts.Count;
        if (learns)
        {
            host.Learn(came, source, here.Time);
        }

        OverlayChoice choice = host.Choose(came, source, destination);
        foreach (RouteEntry entry in choice.Taken)
        {
            entry.Hits++;
        }

        bool isMatched = choice.Taken.Length > 0;
        ReadOnlySpan<int> ways = isMatched || !learns
            ? choice.Links
            : host.Find(came, destination, here.Time, _ageing);
        if (ways.Length == 0)
        {
            CountNoWay(host, isMatched || learns);
            Drop(here.Slot);
            return;
        }

        for (int i = 0; i < ways.Length - 1; i++)
        {
            _origins.AddCopy(frame.Origin);
            Pass(host, ways[i], here, Copy(frame), arrivals, ref stop);
        }

        Pass(host, ways[^1], here, here.Slot, arrivals, ref stop);
    }

    private protected override ulong Bound(int slot)
    {
        ref readonly FrameSlot frame = ref Frames[slot];
        int length = frame.Frame.Length;
        int link = frame.Source - PortCount;
        ulong rest = link < 0
            ? _paths.FromNode(frame.Source, length)
            : _paths.FromHost(Links[link].To, link < PortCount ? link : -1, length);
        return OverlayPaths.Never - frame.At <= rest ? OverlayPaths.Never : frame.At + rest;
    }

    private static int[] HostsOf(string key, OverlayOptions options, int portCount)
    {
        List<ConfigException> problems = [];
        options.Check(key, portCount, problems);
        if (problems.Count > 0)
        {
            throw problems[0];
        }

        return [.. options.HostOfPorts(portCount).Select(
            host => host < 0 ? options.Hosts.Count : host)];
    }

    private static void CountNoWay(OverlayHost host, bool isKnown)
    {
        if (isKnown)
        {
            host.Drops.Returned++;
        }
        else
        {
            host.Drops.Unmatched++;
        }
    }

    private ulong Sum(Func<OverlayDrops, ulong> figure) =>
        _hosts.Aggregate(0UL, (sum, host) => sum + figure(host.Drops));

    private void Drop(int slot)
    {
        Totals.Unroutable++;
        Remove(slot);
    }

    /// <summary>HOT: per copy.</summary>
    private void Pass(
        OverlayHost host, int link, in NetworkEvent here, int slot,
        ICollection<FrameArrival> arrivals, ref ulong stop)
    {
        if (_numbers.IsEdge(link))
        {
            if (!_isUp[_numbers.EndOf(link).Number])
            {
                host.Drops.Cut++;
                Drop(slot);
                return;
            }

            if (Frames[slot].Hops == _options.Hops)
            {
                host.Drops.Expired++;
                Drop(slot);
                return;
            }

            Frames.CountHop(slot);
            Passing?.Invoke(
                _numbers.EndOf(link).Number, new VirtualTime(here.Time), Frames[slot].Frame);
        }

        Offer(link, here, slot, arrivals, ref stop);
    }

    private void TakeCommands(ulong now)
    {
        while (_taken < _commands.Length
            && _options.Commands[_commands[_taken]].Time.Picoseconds <= now)
        {
            Take(_options.Commands[_commands[_taken++]]);
        }
    }

    private void Take(OverlayCommand command)
    {
        switch (command)
        {
            case AddRouteCommand add:
                _hosts[add.Host].Add(add.Route);
                break;
            case DeleteRouteCommand delete:
                _hosts[delete.Host].Delete(delete.Index);
                break;
            case SetEdgeCommand edge:
                _isUp[edge.Edge] = edge.IsUp;
                if (!edge.IsUp)
                {
                    _hosts[_options.Edges[edge.Edge].First].Forget(edge.Edge);
                    _hosts[_options.Edges[edge.Edge].Second].Forget(edge.Edge);
                }

                break;
            default:
                throw new InvariantException("an unknown command");
        }
    }
}
