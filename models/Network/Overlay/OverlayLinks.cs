namespace Dilaton.Models.Network;

/// <summary>How the links of an overlay are numbered: up from node i is i, down to it is
/// ports + i, then both directions of each edge.</summary>
internal sealed class OverlayLinks(int portCount, int[] hostOf, OverlayOptions options)
{
    /// <summary>The link out of a host towards an end of it.</summary>
    public int To(OverlayEnd end, int host) => end.Kind == OverlayEndKind.Interface
        ? portCount + end.Number
        : (2 * portCount) + (2 * end.Number) + (options.Edges[end.Number].First == host ? 0 : 1);

    /// <summary>The end of the host to which a link leads or from which it comes.</summary>
    public OverlayEnd EndOf(int link) => link < 2 * portCount
        ? OverlayEnd.Interface(link % portCount)
        : OverlayEnd.Edge((link - (2 * portCount)) / 2);

    public bool IsEdge(int link) => link >= 2 * portCount;

    public Link[] Build() =>
    [
        .. Plan(portCount, hostOf, options).Select(
            (link, i) => new Link(link.Plan, link.Options, i, options.Seed)),
    ];

    public static List<(LinkPlan Plan, LinkOptions Options)> Plan(
        int portCount, int[] hostOf, OverlayOptions options)
    {
        List<(LinkPlan Plan, LinkOptions Options)> links = [];
        for (int port = 0; port < portCount; port++)
        {
            Add($"node{port}.up", LinkKind.Host, ~port, hostOf[port], options.Access);
        }

        for (int port = 0; port < portCount; port++)
        {
            Add($"node{port}.down", LinkKind.Host, hostOf[port], ~port, options.Access);
        }

        foreach (OverlayEdgeOptions edge in options.Edges)
        {
            string first = options.Hosts[edge.First].Name;
            string second = options.Hosts[edge.Second].Name;
            Add($"{edge.Name}.{first}", LinkKind.Fabric, edge.First, edge.Second, edge.Link);
            Add($"{edge.Name}.{second}", LinkKind.Fabric, edge.Second, edge.First, edge.Link);
        }

        return links;

        void Add(string name, LinkKind kind, int from, int to, LinkOptions standard) => links.Add((
            new LinkPlan(name, kind, from, to),
            options.Links.TryGetValue(name, out LinkOptions? own) ? own : standard));
    }
}
