using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Links, and switches that store and forward, as a sequential discrete-event model.
/// <code>
///   Send ──> at the node's link ──> at a switch's output ──> ... ──> on the node's link ──> arrival
///            departure              + wait + size/bandwidth          known when it stands there
///                                   + latency + forwarding
/// </code>
/// An event is a frame's standing at an output. Events are taken in the order of (time, source,
/// sequence), which does not depend on the order of calls; a link serves frames in the order of
/// their events. So once a frame stands at its last link nothing can change its arrival, and it is
/// handed over. Where a frame goes from a switch is the affair of the network's kind.</summary>
public abstract class SwitchedNetwork : INetworkModel, IStatisticsSource
{
    private readonly NetworkEventHeap _events = new();
    private readonly (VirtualTime Time, uint Sequence)[] _lastSent;
    private readonly uint[] _sequences;
    private readonly EarliestBound _earliest;

    /// <param name="links">Up from node i is i; a link's end is a switch's number, or ~port.</param>
    private protected SwitchedNetwork(int portCount, Link[] links, VirtualDuration forwardingLatency)
    {
        PortCount = portCount;
        Links = links;
        ForwardingPicoseconds = forwardingLatency.Picoseconds;
        _lastSent = new (VirtualTime, uint)[portCount];
        _sequences = new uint[links.Length];
        _earliest = new EarliestBound(Frames, Bound);
    }

    public int PortCount { get; }

    public VirtualDuration Lookahead { get; private protected init; }

    public VirtualTime EarliestArrival => new(_earliest.Value);

    private protected Link[] Links { get; }

    private protected ulong ForwardingPicoseconds { get; }

    private protected FrameStore Frames { get; } = new();

    private protected NetworkTotals Totals { get; private set; } = new();

    private protected VirtualTime Reached { get; private set; }

    public void Send(in FrameDeparture departure)
    {
        int port = departure.Port;
        Invariant.Require(departure.Time >= Reached);
        Invariant.Require(port >= 0 && port < PortCount);
        (VirtualTime last, uint sequence) = _lastSent[port];
        Invariant.Require(departure.Time >= last);
        Totals.Sent++;
        if (departure.Frame.Length < EthernetFrame.HeaderBytes)
        {
            Totals.Runts++;
            return;
        }

        sequence = departure.Time == last ? sequence + 1 : 0;
        _lastSent[port] = (departure.Time, sequence);
        int slot = Frames.Add(Enter(departure));
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
                Offer(next.Source, next, next.Slot, arrivals, ref stop);
            }
            else
            {
                Forward(next, Links[next.Source - PortCount], arrivals, ref stop);
            }
        }

        Reached = VirtualTime.Max(Reached, new VirtualTime(stop));
        return Reached;
    }

    /// <summary>Totals, then each link that a frame came to.</summary>
    public virtual void Collect(StatisticsList list)
    {
        Totals.Collect(list, Frames.Count);
        foreach (Link link in Links.Where(l => l.Counters.HasSeenFrames))
        {
            link.Collect(list, Reached.Picoseconds);
        }
    }

    public virtual void ResetStatistics()
    {
        Totals = new NetworkTotals();
        foreach (Link link in Links)
        {
            link.ResetStatistics();
        }
    }

    /// <summary>What is kept of a frame that stands at its node's link.</summary>
    private protected abstract FrameSlot Enter(in FrameDeparture departure);

    /// <summary>Lets a frame that came over a link stand at the outputs it goes to.</summary>
    private protected abstract void Forward(
        in NetworkEvent here, Link from, ICollection<FrameArrival> arrivals, ref ulong stop);

    /// <summary>A slot's frame does not arrive sooner, from where it is now. Waits may be added to
    /// this, nothing can be taken off.</summary>
    private protected abstract ulong Bound(int slot);

    /// <summary>A frame is no longer in the network.</summary>
    private protected virtual void Remove(int slot) => Frames.Remove(slot);

    private protected int Copy(in FrameSlot frame)
    {
        Totals.Copies++;
        int copy = Frames.Add(frame);
        _earliest.Add(copy);
        return copy;
    }

    /// <summary>HOT: per frame and hop.</summary>
    private protected void Offer(
        int number, in NetworkEvent here, int slot, ICollection<FrameArrival> arrivals,
        ref ulong stop)
    {
        Link link = Links[number];
        ref readonly FrameSlot frame = ref Frames[slot];
        LinkFate fate = link.Offer(here.Time, frame.Frame.Length, out ulong arrival);
        if (fate != LinkFate.Sent)
        {
            Totals.Count(fate);
            Remove(slot);
        }
        else if (link.To >= 0)
        {
            ulong next = checked(arrival + ForwardingPicoseconds);
            Frames.Move(slot, next, PortCount + number);
            _events.Add(
                new NetworkEvent(next, PortCount + number, _sequences[number]++, slot));
        }
        else
        {
            arrivals.Add(new FrameArrival(new VirtualTime(arrival), ~link.To, frame.Frame));
            Totals.CountDelivery(arrival - frame.Departure);
            stop = Math.Min(stop, arrival);
            Remove(slot);
        }
    }
}
