namespace Dilaton.Models.Network;

/// <summary>Two nodes, two links, nothing between.</summary>
internal sealed class PointToPointTopology : Topology
{
    private const int Nodes = 2;

    public PointToPointTopology()
        : base(Nodes)
    {
        AddLink(new LinkPlan("node0.up", LinkKind.Host, ~0, ~1));
        AddLink(new LinkPlan("node1.up", LinkKind.Host, ~1, ~0));
    }

    public override int SwitchCount => 0;

    public override HopCount[] Nearest => [default];

    public override int SwitchOf(int port) => 0;

    public override int Next(int at, int port, uint flow) => 1 - port;

    public override HopCount Hops(int at, int port) => default;
}
