namespace Dilaton.Models.Network;

/// <summary>Minimal routing: to the router with the global link to the other group, over it, to the
/// node's router. Global link j of a group leads to the j-th of the other groups, and is at router
/// j / h.</summary>
internal sealed class DragonflyTopology : Topology
{
    private readonly int _hosts;
    private readonly int _routersPerGroup;
    private readonly int _globalPerRouter;
    private readonly int _groups;
    private readonly int _firstLocal;
    private readonly int _firstGlobal;

    public DragonflyTopology(
        int portCount, int hostsPerRouter, int routersPerGroup, int globalLinksPerRouter)
        : base(portCount)
    {
        _hosts = hostsPerRouter;
        _routersPerGroup = routersPerGroup;
        _globalPerRouter = globalLinksPerRouter;
        int places = hostsPerRouter * routersPerGroup;
        _groups = (portCount + places - 1) / places;
        AddHostLinks();
        _firstLocal = Links.Count;
        for (int router = 0; router < SwitchCount; router++)
        {
            AddLocalLinks(router);
        }

        _firstGlobal = Links.Count;
        for (int group = 0; group < _groups; group++)
        {
            for (int other = 0; other < _groups; other++)
            {
                if (other != group)
                {
                    AddLink(new LinkPlan($"group{group}.group{other}", LinkKind.Global,
                        Gateway(group, other), Gateway(other, group)));
                }
            }
        }
    }

    public override int SwitchCount => _groups * _routersPerGroup;

    public override HopCount[] Nearest =>
        _hosts > 1 ? [default]
        : _groups == 1 ? [new(1, 0)]
        : _routersPerGroup == 1 ? [new(0, 1)]
        : [new(1, 0), new(0, 1)];

    public override int SwitchOf(int port) => port / _hosts;

    public override int Next(int at, int port, uint flow)
    {
        int to = port / _hosts;
        if (at == to)
        {
            return PortCount + port;
        }

        int group = at / _routersPerGroup;
        int toGroup = to / _routersPerGroup;
        if (group == toGroup)
        {
            return Local(at, to);
        }

        int gateway = Gateway(group, toGroup);
        return at == gateway
            ? _firstGlobal + (group * (_groups - 1)) + IndexTo(group, toGroup)
            : Local(at, gateway);
    }

    public override HopCount Hops(int at, int port)
    {
        int to = port / _hosts;
        int group = at / _routersPerGroup;
        int toGroup = to / _routersPerGroup;
        if (group == toGroup)
        {
            return new HopCount(at == to ? 0 : 1, 0);
        }

        int local = (at == Gateway(group, toGroup) ? 0 : 1)
            + (to == Gateway(toGroup, group) ? 0 : 1);
        return new HopCount(local, 1);
    }

    private static int IndexTo(int from, int to) => to < from ? to : to - 1;

    private int Gateway(int group, int other) =>
        (group * _routersPerGroup) + (IndexTo(group, other) / _globalPerRouter);

    private int Local(int at, int to) =>
        _firstLocal + (at * (_routersPerGroup - 1))
        + IndexTo(at % _routersPerGroup, to % _routersPerGroup);

    private void AddLocalLinks(int router)
    {
        int first = router / _routersPerGroup * _routersPerGroup;
        for (int other = first; other < first + _routersPerGroup; other++)
        {
            if (other != router)
            {
                AddLink(new LinkPlan(
                    $"router{router}.router{other}", LinkKind.Fabric, router, other));
            }
        }
    }
}
