namespace Dilaton.Models.Network;

/// <summary>Dimension-order routing, the first dimension first, the short way round; where both are
/// as long, upwards. Routers are numbered with the first dimension fastest.</summary>
internal sealed class TorusTopology : Topology
{
    private const int NoLink = -1;

    private readonly int _hosts;
    private readonly int[] _shape;
    private readonly int _routers;

    /// <summary>By router and dimension.</summary>
    private readonly int[] _coordinates;

    /// <summary>By router, dimension and direction.</summary>
    private readonly int[] _out;

    public TorusTopology(int portCount, IReadOnlyList<int> shape, int hostsPerRouter)
        : base(portCount)
    {
        _hosts = hostsPerRouter;
        _shape = [.. shape];
        _routers = shape.Aggregate(1, (a, b) => a * b);
        _coordinates = new int[_routers * _shape.Length];
        _out = new int[_routers * _shape.Length * 2];
        Array.Fill(_out, NoLink);
        AddHostLinks();
        for (int router = 0; router < _routers; router++)
        {
            AddRouter(router);
        }
    }

    public override int SwitchCount => _routers;

    public override HopCount[] Nearest => [new(_hosts > 1 ? 0 : 1, 0)];

    public override int SwitchOf(int port) => port / _hosts;

    public override int Next(int at, int port, uint flow)
    {
        int to = port / _hosts * _shape.Length;
        int from = at * _shape.Length;
        for (int d = 0; d < _shape.Length; d++)
        {
            int ahead = Ahead(_coordinates[from + d], _coordinates[to + d], _shape[d]);
            if (ahead != 0)
            {
                return _out[((from + d) * 2) + (ahead * 2 <= _shape[d] ? 0 : 1)];
            }
        }

        return PortCount + port;
    }

    public override HopCount Hops(int at, int port)
    {
        int to = port / _hosts * _shape.Length;
        int from = at * _shape.Length;
        int hops = 0;
        for (int d = 0; d < _shape.Length; d++)
        {
            int ahead = Ahead(_coordinates[from + d], _coordinates[to + d], _shape[d]);
            hops += Math.Min(ahead, _shape[d] - ahead);
        }

        return new HopCount(hops, 0);
    }

    private static int Ahead(int from, int to, int size) => to >= from ? to - from : to - from + size;

    // A dimension of two has one link each way: both ways round lead to the same router.
    private void AddRouter(int router)
    {
        int stride = 1;
        for (int d = 0; d < _shape.Length; d++)
        {
            int size = _shape[d];
            int here = router / stride % size;
            int slot = (router * _shape.Length) + d;
            _coordinates[slot] = here;
            if (size > 1)
            {
                int up = router + ((((here + 1) % size) - here) * stride);
                _out[slot * 2] = Links.Count;
                AddLink(new LinkPlan($"router{router}.up{d}", LinkKind.Fabric, router, up));
            }

            if (size > 2)
            {
                int down = router + ((((here + size - 1) % size) - here) * stride);
                _out[(slot * 2) + 1] = Links.Count;
                AddLink(new LinkPlan($"router{router}.down{d}", LinkKind.Fabric, router, down));
            }

            stride *= size;
        }
    }
}
