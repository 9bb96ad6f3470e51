using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>Runs all nodes of a cluster and measures how far any of them acts ahead of the earliest
/// act that was left.</summary>
public sealed class SkewWorker(IReadOnlyList<ScriptedNode> nodes) : IClusterWorker
{
    private readonly LocalClusterWorker _worker = new([.. nodes]);

    public IReadOnlyList<ClusterNode> Nodes => _worker.Nodes;

    /// <summary>max T - min T over all acts, T of an idle node being its next act.</summary>
    public ulong SkewMax { get; private set; }

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
    {
        ulong floor = ulong.MaxValue;
        foreach (NodeGrant grant in grants)
        {
            NodeScript script = nodes[grant.Node].Script;
            ulong arrival = grant.Arrivals.Count == 0
                ? ulong.MaxValue
                : Math.Max(script.Now, grant.Arrivals[0].Time.Picoseconds);
            floor = Math.Min(floor, Math.Min(script.NextAct, arrival));
        }

        _worker.Begin(round, grants);
        if (floor == ulong.MaxValue)
        {
            return; // The last round, of nodes that wait for ever.
        }

        foreach (NodeReport report in _worker.Collect())
        {
            Invariant.Require(report.Now.Picoseconds >= floor);
            SkewMax = Math.Max(SkewMax, report.Now.Picoseconds - floor);
        }
    }

    public IReadOnlyList<NodeReport> Collect() => _worker.Collect();
}
