namespace Dilaton.Models.Network;

/// <summary>How soon a frame can get through a network in which no other one is, by the quickest
/// link of each kind.</summary>
internal sealed class PathTimes(Topology topology, Link[] links, ulong forwardingPicoseconds)
{
    private readonly Link[][] _byKind = [.. Enum.GetValues<LinkKind>().Select(kind =>
        links.Where((_, i) => topology.Links[i].Kind == kind).Distinct(LinkPace.Same).ToArray())];

    /// <summary>From any node to any other.</summary>
    public ulong Shortest(int frameBytes)
    {
        ulong node = LastHop(frameBytes);
        return topology.SwitchCount == 0
            ? node
            : node + forwardingPicoseconds + node
                + topology.Nearest.Min(hops => Between(hops, frameBytes));
    }

    /// <summary>From standing at a switch's output to a node, one link away.</summary>
    public ulong LastHop(int frameBytes) => Quickest(LinkKind.Host, frameBytes);

    /// <summary>From standing at a node's link.</summary>
    public ulong FromNode(int from, int to, int frameBytes)
    {
        ulong up = links[from].Unloaded(frameBytes);
        return topology.SwitchCount == 0
            ? up
            : up + forwardingPicoseconds + FromSwitch(topology.SwitchOf(from), to, frameBytes);
    }

    /// <summary>From standing at a switch's output.</summary>
    public ulong FromSwitch(int at, int to, int frameBytes) =>
        Between(topology.Hops(at, to), frameBytes)
        + links[topology.PortCount + to].Unloaded(frameBytes);

    private ulong Between(HopCount hops, int frameBytes)
    {
        ulong sum = 0;
        if (hops.Fabric > 0)
        {
            sum += (ulong)hops.Fabric
                * (Quickest(LinkKind.Fabric, frameBytes) + forwardingPicoseconds);
        }

        if (hops.Global > 0)
        {
            sum += (ulong)hops.Global
                * (Quickest(LinkKind.Global, frameBytes) + forwardingPicoseconds);
        }

        return sum;
    }

    private ulong Quickest(LinkKind kind, int frameBytes)
    {
        ulong least = ulong.MaxValue;
        foreach (Link link in _byKind[(int)kind])
        {
            least = Math.Min(least, link.Unloaded(frameBytes));
        }

        return least;
    }
}
