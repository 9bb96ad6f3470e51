namespace Dilaton.Models.Network;

/// <summary>Switches, links and routes. Links are numbered: up from node i is i, down to it is
/// PortCount + i, those between switches follow. Where simultaneous events are ordered, they are by
/// these numbers.</summary>
internal abstract class Topology(int portCount)
{
    private readonly List<LinkPlan> _links = [];

    public int PortCount { get; } = portCount;

    /// <summary>Without a switch, what a node sends comes to the other node.</summary>
    public abstract int SwitchCount { get; }

    public IReadOnlyList<LinkPlan> Links => _links;

    /// <summary>The closest that two nodes' switches can be; with several, whichever is quickest.
    /// </summary>
    public abstract HopCount[] Nearest { get; }

    public abstract int SwitchOf(int port);

    /// <summary>The link that a frame to the node takes out of a switch.</summary>
    public abstract int Next(int at, int port, uint flow);

    /// <summary>Links between a switch and that of a node, on the way that frames take.</summary>
    public abstract HopCount Hops(int at, int port);

    /// <summary>Links out of each switch that a flooded frame takes, but for the one it came from:
    /// a tree of shortest ways from the switch of node 0, without the ends at which no node is.
    /// </summary>
    public int[][] BuildFloodTree()
    {
        List<int>[] tree = [.. Enumerable.Range(0, SwitchCount).Select(_ => new List<int>())];
        for (int port = 0; port < PortCount; port++)
        {
            tree[SwitchOf(port)].Add(PortCount + port);
        }

        // From the far ends: a switch that has nothing to flood to is left out.
        foreach ((int up, int down) in FindTree())
        {
            int at = _links[down].To;
            if (tree[at].Count > 0)
            {
                tree[at].Add(up);
                tree[_links[down].From].Add(down);
            }
        }

        return [.. tree.Select(t => t.Order().ToArray())];
    }

    // Links up to and down from the switch before, of each switch but the first; the farthest first.
    private List<(int Up, int Down)> FindTree()
    {
        List<int>[] from = [.. Enumerable.Range(0, SwitchCount).Select(_ => new List<int>())];
        for (int link = 2 * PortCount; link < _links.Count; link++)
        {
            from[_links[link].From].Add(link);
        }

        List<(int Up, int Down)> tree = [];
        bool[] seen = new bool[SwitchCount];
        Queue<int> open = new([SwitchOf(0)]);
        seen[SwitchOf(0)] = true;
        while (open.TryDequeue(out int at))
        {
            foreach (int link in from[at].Where(l => !seen[_links[l].To]))
            {
                int next = _links[link].To;
                tree.Add((from[next].First(l => _links[l].To == at), link));
                seen[next] = true;
                open.Enqueue(next);
            }
        }

        tree.Reverse();
        return tree;
    }

    protected void AddHostLinks()
    {
        for (int port = 0; port < PortCount; port++)
        {
            _links.Add(new LinkPlan($"node{port}.up", LinkKind.Host, ~port, SwitchOf(port)));
        }

        for (int port = 0; port < PortCount; port++)
        {
            _links.Add(new LinkPlan($"node{port}.down", LinkKind.Host, SwitchOf(port), ~port));
        }
    }

    protected void AddLink(LinkPlan link) => _links.Add(link);
}
