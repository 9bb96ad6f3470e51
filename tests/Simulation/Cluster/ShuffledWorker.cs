using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>A worker on a host that is slow or busy at random: it runs its nodes in any order,
/// some when the round begins and some when it is collected.</summary>
public sealed class ShuffledWorker : IClusterWorker
{
    private readonly Dictionary<int, (IClusterNode Node, NodeReport Report)> _nodes;
    private readonly Random _random;
    private readonly List<NodeGrant> _late = [];
    private readonly List<NodeReport> _reports = [];

    public ShuffledWorker(IReadOnlyList<IClusterNode> nodes, int seed)
    {
        _nodes = nodes.ToDictionary(n => n.Id, n => (n, new NodeReport(n.Id)));
        _random = new Random(seed);
        Nodes = [.. nodes.Select(n => new ClusterNode(n.Id, n.Ports))];
    }

    public IReadOnlyList<ClusterNode> Nodes { get; }

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
    {
        NodeGrant[] order = [.. grants];
        _random.Shuffle(order);
        foreach (NodeGrant grant in order)
        {
            if (_random.Next(2) == 0)
            {
                Run(grant);
            }
            else
            {
                _late.Add(grant);
            }
        }

        _reports.Clear();
        _reports.AddRange(grants.Select(g => _nodes[g.Node].Report));
    }

    public IReadOnlyList<NodeReport> Collect()
    {
        _late.ForEach(Run);
        _late.Clear();
        return _reports;
    }

    private void Run(NodeGrant grant)
    {
        (IClusterNode node, NodeReport report) = _nodes[grant.Node];
        node.Run(grant.Until, grant.Arrivals, report);
    }
}
