using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Links and output-queued store-and-forward switches, as a sequential discrete-event
/// model.
/// <code>
///   Send ──> at the node's link ──> at a switch's output ──> ... ──> on the node's link ──> arrival
///            departure              + wait + size/bandwidth          known when it stands there
///                                   + latency + forwarding
/// </code>
/// An event is a frame's standing at an output. Events are taken in the order of (time, source,
/// sequence), which does not depend on the order of calls; a link serves frames in the order of
/// their events. So once a frame stands at its last link nothing can change its arrival, and it is
/// handed over.</summary>
public sealed partial class FabricNetwork : INetworkModel, IStatisticsSource
{
    private readonly Topology _topology;
    private readonly Link[] _links;
    private readonly int[][] _floodLinks;
    private readonly ulong _forwardingPicoseconds;
    private readonly bool _usesFlows;
    private readonly NetworkEventHeap _events = new();
    private readonly FrameStore _frames = new();
    private readonly (VirtualTime Time, uint Sequence)[] _lastSent;
    private readonly uint[] _sequences;
    private readonly PathTimes _paths;
    private readonly EarliestBound _earliest;
    private VirtualTime _reached;

    public FabricNetwork(string key, NetworkOptions options, int portCount)
    {
        List<ConfigException> problems = [];
        options.Check(key, portCount, problems);
        if (problems.Count > 0)
        {
            throw problems[0];
        }

        PortCount = portCount;
        _topology = options.Topology.Build(portCount);
        _links = [.. _topology.Links.Select((plan, i) =>
            new Link(plan, options.Of(plan), i, options.Seed))];
        _floodLinks = _topology.SwitchCount == 0 ? [] : _topology.BuildFloodTree();
        _forwardingPicoseconds = options.ForwardingLatency.Picoseconds;
        _usesFlows = options.Topology is FatTreeOptions;
        _lastSent = new (VirtualTime, uint)[portCount];
        _sequences = new uint[_links.Length];
        _paths = new PathTimes(_topology, _links, _forwardingPicoseconds);
        _earliest = new EarliestBound(_frames, Bound);
        Lookahead = new VirtualDuration(_paths.Shortest(EthernetFrame.HeaderBytes));
    }

    public int PortCount { get; }

    public VirtualDuration Lookahead { get; }

    public VirtualTime EarliestArrival => new(_earliest.Value);

    public void Send(in FrameDeparture departure)
    {
        int port = departure.Port;
        Invariant.Require(departure.Time >= _reached);
        Invariant.Require(port >= 0 && port < PortCount);
        (VirtualTime last, uint sequence) = _lastSent[port];
        Invariant.Require(departure.Time >= last);
        _totals.Sent++;
        if (departure.Frame.Length < EthernetFrame.HeaderBytes)
        {
            _totals.Runts++;
            return;
        }

        sequence = departure.Time == last ? sequence + 1 : 0;
        _lastSent[port] = (departure.Time, sequence);
        ReadOnlySpan<byte> bytes = departure.Frame.Span;
        int slot = _frames.Add(new FrameSlot(
            departure.Frame, departure.Time.Picoseconds,
            EthernetFrame.Destination(bytes, port, PortCount),
            _usesFlows ? EthernetFrame.FlowHash(bytes) : 0,
            departure.Time.Picoseconds, port, Serial: 0));
        _events.Add(new NetworkEvent(departure.Time.Picoseconds, port, sequence, slot));
        _earliest.Add(slot);
    }

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals)
    {
        ulong stop = horizon.Picoseconds;
        while (_events.Count > 0 && _events.First.Time < stop)
        {
            NetworkEvent next = _events.TakeFirst();
            if (next.Source < PortCount)
            {
                Offer(_links[next.Source], next.Source, next, next.Slot, arrivals, ref stop);
            }
            else
            {
                Forward(next, arrivals, ref stop);
            }
        }

        _reached = VirtualTime.Max(_reached, new VirtualTime(stop));
        return _reached;
    }

    /// <summary>HOT: per frame and switch.</summary>
    private void Forward(
        in NetworkEvent here, ICollection<FrameArrival> arrivals, ref ulong stop)
    {
        Link from = _links[here.Source - PortCount];
        ref readonly FrameSlot frame = ref _frames[here.Slot];
        if (frame.Destination >= 0)
        {
            int link = _topology.Next(from.To, frame.Destination, frame.Flow);
            Offer(_links[link], link, here, here.Slot, arrivals, ref stop);
        }
        else if (frame.Destination == EthernetFrame.ToAll)
        {
            Flood(here, from, arrivals, ref stop);
        }
        else
        {
            _totals.Unroutable++;
            _frames.Remove(here.Slot);
        }
    }

    // The frame itself takes the last way, copies take the others.
    private void Flood(
        in NetworkEvent here, Link from, ICollection<FrameArrival> arrivals, ref ulong stop)
    {
        FrameSlot frame = _frames[here.Slot];
        int before = -1;
        foreach (int link in _floodLinks[from.To])
        {
            if (_links[link].To == from.From)
            {
                continue;
            }

            if (before >= 0)
            {
                _totals.Copies++;
                int copy = _frames.Add(frame);
                _earliest.Add(copy);
                Offer(_links[before], before, here, copy, arrivals, ref stop);
            }

            before = link;
        }

        if (before >= 0)
        {
            Offer(_links[before], before, here, here.Slot, arrivals, ref stop);
        }
        else
        {
            _totals.Unroutable++;
            _frames.Remove(here.Slot);
        }
    }

    /// <summary>HOT: per frame and hop.</summary>
    private void Offer(
        Link link, int number, in NetworkEvent here, int slot,
        ICollection<FrameArrival> arrivals, ref ulong stop)
    {
        ref readonly FrameSlot frame = ref _frames[slot];
        LinkFate fate = link.Offer(here.Time, frame.Frame.Length, out ulong arrival);
        if (fate != LinkFate.Sent)
        {
            _totals.Count(fate);
            _frames.Remove(slot);
        }
        else if (link.To >= 0)
        {
            ulong next = checked(arrival + _forwardingPicoseconds);
            _frames.Move(slot, next, PortCount + number);
            _events.Add(
                new NetworkEvent(next, PortCount + number, _sequences[number]++, slot));
        }
        else
        {
            arrivals.Add(new FrameArrival(new VirtualTime(arrival), ~link.To, frame.Frame));
            _totals.CountDelivery(arrival - frame.Departure);
            stop = Math.Min(stop, arrival);
            _frames.Remove(slot);
        }
    }

    // Waits may be added to this, nothing can be taken off.
    private ulong Bound(int slot)
    {
        ref readonly FrameSlot frame = ref _frames[slot];
        bool isAtNode = frame.Source < PortCount;
        int link = isAtNode ? frame.Source : frame.Source - PortCount;
        ulong rest = frame.Destination switch
        {
            EthernetFrame.ToNobody when _topology.SwitchCount > 0 => ulong.MaxValue - frame.At,
            >= 0 when isAtNode => _paths.FromNode(link, frame.Destination, frame.Frame.Length),
            >= 0 => _paths.FromSwitch(_links[link].To, frame.Destination, frame.Frame.Length),
            _ when isAtNode => _paths.Shortest(frame.Frame.Length),
            _ => _paths.LastHop(frame.Frame.Length),
        };
        return frame.At + rest;
    }
}
