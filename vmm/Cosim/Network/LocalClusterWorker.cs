using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Runs its nodes on the caller's thread, one after the other.</summary>
public sealed class LocalClusterWorker : IClusterWorker
{
    private readonly IReadOnlyList<IClusterNode> _nodes;
    private readonly Dictionary<int, (IClusterNode Node, NodeReport Report)> _byId = [];
    private readonly List<NodeReport> _reports = [];

    public LocalClusterWorker(params IReadOnlyList<IClusterNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        _nodes = nodes;
        Nodes = [.. nodes.Select(n => new ClusterNode(n.Id, n.Ports))];
        foreach (IClusterNode node in nodes)
        {
            _byId.Add(node.Id, (node, new NodeReport(node.Id)));
        }
    }

    public IReadOnlyList<ClusterNode> Nodes { get; }

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
    {
        ArgumentNullException.ThrowIfNull(grants);
        Invariant.Require(grants.Count is > 0 && grants.Count <= _nodes.Count);
        _reports.Clear();
        foreach (NodeGrant grant in grants)
        {
            (IClusterNode node, NodeReport report) = _byId[grant.Node];
            node.Run(grant.Until, grant.Arrivals, report);
            _reports.Add(report);
        }
    }

    public IReadOnlyList<NodeReport> Collect() => _reports;
}
