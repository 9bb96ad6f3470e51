namespace Dilaton.Models.Network;

/// <summary>Leaves are switches 0 to L - 1, spines follow. A flow goes over one spine, chosen by its
/// hash.</summary>
internal sealed class FatTreeTopology : Topology
{
    private readonly int _down;
    private readonly int _spines;
    private readonly int _leaves;
    private readonly int _firstLink;

    public FatTreeTopology(int portCount, int down, int up)
        : base(portCount)
    {
        _down = down;
        _spines = up;
        _leaves = (portCount + down - 1) / down;
        AddHostLinks();
        _firstLink = Links.Count;
        for (int leaf = 0; leaf < _leaves; leaf++)
        {
            for (int spine = 0; spine < _spines; spine++)
            {
                AddLink(new LinkPlan(
                    $"leaf{leaf}.spine{spine}", LinkKind.Fabric, leaf, _leaves + spine));
                AddLink(new LinkPlan(
                    $"spine{spine}.leaf{leaf}", LinkKind.Fabric, _leaves + spine, leaf));
            }
        }
    }

    public override int SwitchCount => _leaves + _spines;

    public override HopCount[] Nearest => [new(_down > 1 ? 0 : 2, 0)];

    public override int SwitchOf(int port) => port / _down;

    public override int Next(int at, int port, uint flow)
    {
        int leaf = port / _down;
        if (at == leaf)
        {
            return PortCount + port;
        }

        if (at >= _leaves)
        {
            return _firstLink + (((leaf * _spines) + (at - _leaves)) * 2) + 1;
        }

        int spine = (int)(((ulong)flow * (uint)_spines) >> 32);
        return _firstLink + (((at * _spines) + spine) * 2);
    }

    public override HopCount Hops(int at, int port) =>
        new(at == port / _down ? 0 : at >= _leaves ? 1 : 2, 0);
}
