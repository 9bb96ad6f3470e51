namespace Dilaton.Models.Network;

/// <summary>One switch.</summary>
internal sealed class StarTopology : Topology
{
    public StarTopology(int portCount)
        : base(portCount) => AddHostLinks();

    public override int SwitchCount => 1;

    public override HopCount[] Nearest => [default];

    public override int SwitchOf(int port) => 0;

    public override int Next(int at, int port, uint flow) => PortCount + port;

    public override HopCount Hops(int at, int port) => default;
}
