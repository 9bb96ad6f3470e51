using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>A worker that dies after some rounds, as whoever watches it reports it.</summary>
public sealed class LosingWorker(IClusterNode node, int rounds) : IClusterWorker
{
    private readonly LocalClusterWorker _inner = new(node);
    private NodeReport? _lost;
    private int _rounds;

    public IReadOnlyList<ClusterNode> Nodes => _inner.Nodes;

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
    {
        Invariant.Require(_lost is null, "a node that has ended takes part in a round");
        if (++_rounds < rounds)
        {
            _inner.Begin(round, grants);
            return;
        }

        _lost = new NodeReport(node.Id)
        {
            HasEnded = true,
            Now = grants[0].Until,
            NextAct = VirtualTime.MaxValue,
        };
    }

    public IReadOnlyList<NodeReport> Collect() => _lost is null ? _inner.Collect() : [_lost];
}
