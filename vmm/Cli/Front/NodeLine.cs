using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A node's worker as the coordinator knows it. If the process fails, its node has ended:
/// the others go on, and what comes to it vanishes.</summary>
internal sealed class NodeLine : IClusterWorker, IDisposable
{
    private readonly WireClusterWorker _wire;
    private readonly NodeReport _lost;
    private bool _hasFailed;

    public NodeLine(int node, WireClusterWorker wire)
    {
        _wire = wire;
        _lost = new NodeReport(node) { HasEnded = true, NextAct = VirtualTime.MaxValue };
        Nodes = [new ClusterNode(node, [node])];
    }

    public IReadOnlyList<ClusterNode> Nodes { get; }

    public void Connect(string session) =>
        Try(() => _wire.Connect(session, [Nodes[0].Id]));

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants) =>
        Try(() => _wire.Begin(round, grants));

    public IReadOnlyList<NodeReport> Collect()
    {
        IReadOnlyList<NodeReport> reports = [];
        Try(() => reports = _wire.Collect());
        if (_hasFailed)
        {
            return [_lost];
        }

        // If the process fails later, this is how far its node is known to have come.
        _lost.Now = reports[0].Now;
        return reports;
    }

    public void Finish(VirtualTime time) => Try(() => _wire.Finish(time));

    /// <summary>The process is gone. Any thread.</summary>
    public void TellEnded(string how) => _wire.TellEnded(how);

    public void Dispose() => _wire.Dispose();

    private void Try(Action action)
    {
        if (_hasFailed)
        {
            return;
        }

        try
        {
            action();
        }
        catch (PeerFaultException)
        {
            // Why is told by the worker itself, or by its exit code.
            _hasFailed = true;
        }
    }
}
