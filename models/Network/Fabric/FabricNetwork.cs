using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Links and output-queued switches that know all addresses, in one of the topologies.
/// </summary>
public sealed class FabricNetwork : SwitchedNetwork
{
    private readonly Topology _topology;
    private readonly int[][] _floodLinks;
    private readonly bool _usesFlows;
    private readonly PathTimes _paths;

    public FabricNetwork(string key, NetworkOptions options, int portCount)
        : this(options, BuildChecked(key, options, portCount))
    {
    }

    private FabricNetwork(NetworkOptions options, Topology topology)
        : base(topology.PortCount, LinksOf(options, topology), options.ForwardingLatency)
    {
        _topology = topology;
        _floodLinks = topology.SwitchCount == 0 ? [] : topology.BuildFloodTree();
        _usesFlows = options.Topology is FatTreeOptions;
        _paths = new PathTimes(topology, Links, ForwardingPicoseconds);
        Lookahead = new VirtualDuration(_paths.Shortest(EthernetFrame.HeaderBytes));
    }

    private protected override FrameSlot Enter(in FrameDeparture departure)
    {
        ReadOnlySpan<byte> bytes = departure.Frame.Span;
        return new FrameSlot(
            departure.Frame, departure.Time.Picoseconds,
            EthernetFrame.Destination(bytes, departure.Port, PortCount),
            _usesFlows ? EthernetFrame.FlowHash(bytes) : 0,
            departure.Time.Picoseconds, departure.Port, Serial: 0);
    }

    /// <summary>HOT: per frame and switch.</summary>
    private protected override void Forward(
        in NetworkEvent here, Link from, ICollection<FrameArrival> arrivals, ref ulong stop)
    {
        ref readonly FrameSlot frame = ref Frames[here.Slot];
        if (frame.Destination >= 0)
        {
            int link = _topology.Next(from.To, frame.Destination, frame.Flow);
            Offer(link, here, here.Slot, arrivals, ref stop);
        }
        else if (frame.Destination == EthernetFrame.ToAll)
        {
            Flood(here, from, arrivals, ref stop);
        }
        else
        {
            Totals.Unroutable++;
            Remove(here.Slot);
        }
    }

    private protected override ulong Bound(int slot)
    {
        ref readonly FrameSlot frame = ref Frames[slot];
        bool isAtNode = frame.Source < PortCount;
        int link = isAtNode ? frame.Source : frame.Source - PortCount;
        ulong rest = frame.Destination switch
        {
            EthernetFrame.ToNobody when _topology.SwitchCount > 0 => ulong.MaxValue - frame.At,
            >= 0 when isAtNode => _paths.FromNode(link, frame.Destination, frame.Frame.Length),
            >= 0 => _paths.FromSwitch(Links[link].To, frame.Destination, frame.Frame.Length),
            _ when isAtNode => _paths.Shortest(frame.Frame.Length),
            _ => _paths.LastHop(frame.Frame.Length),
        };
        return frame.At + rest;
    }

    private static Topology BuildChecked(string key, NetworkOptions options, int portCount)
    {
        List<ConfigException> problems = [];
        options.Check(key, portCount, problems);
        if (problems.Count > 0)
        {
            throw problems[0];
        }

        return options.Topology.Build(portCount);
    }

    private static Link[] LinksOf(NetworkOptions options, Topology topology) =>
        [.. topology.Links.Select((plan, i) => new Link(plan, options.Of(plan), i, options.Seed))];

    // The frame itself takes the last way, copies take the others.
    private void Flood(
        in NetworkEvent here, Link from, ICollection<FrameArrival> arrivals, ref ulong stop)
    {
        FrameSlot frame = Frames[here.Slot];
        int before = -1;
        foreach (int link in _floodLinks[from.To])
        {
            if (Links[link].To == from.From)
            {
                continue;
            }

            if (before >= 0)
            {
                Offer(before, here, Copy(frame), arrivals, ref stop);
            }

            before = link;
        }

        if (before >= 0)
        {
            Offer(before, here, here.Slot, arrivals, ref stop);
        }
        else
        {
            Totals.Unroutable++;
            Remove(here.Slot);
        }
    }
}
