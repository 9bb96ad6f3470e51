using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A worker as the coordinator knows it. If the process fails, its nodes have ended: the
/// others go on, and what comes to them vanishes.</summary>
internal sealed class WorkerLine : IClusterWorker, IDisposable
{
    private readonly WireClusterWorker _wire;
    private readonly Dictionary<int, NodeReport> _lost = [];
    private readonly List<NodeReport> _reports = [];
    private readonly Action<ulong?> _await;
    private IReadOnlyList<NodeGrant> _grants = [];
    private ulong _round;
    private bool _hasFailed;
    private long _awaitedTicks;

    /// <param name="await">Is told that the coordinator waits for it, and in which round; null: it
    /// does no longer.</param>
    public WorkerLine(
        IReadOnlyList<int> nodes, WireClusterWorker wire, Action<ulong?> await)
    {
        _await = await;
        _wire = wire;
        Nodes = [.. nodes.Select(node => new ClusterNode(node, [node]))];
        foreach (int node in nodes)
        {
            _lost.Add(
                node, new NodeReport(node) { HasEnded = true, NextAct = VirtualTime.MaxValue });
        }
    }

    public IReadOnlyList<ClusterNode> Nodes { get; }

    /// <summary>Host time for which the coordinator has waited for it in rounds. Any thread.
    /// </summary>
    public double AwaitedSeconds =>
        Volatile.Read(ref _awaitedTicks) / (double)Stopwatch.Frequency;

    public void Connect(string session) =>
        Try(() => _wire.Connect(session, [.. Nodes.Select(node => node.Id)]));

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
    {
        _grants = grants;
        _round = round;
        Try(() => _wire.Begin(round, grants));
    }

    public IReadOnlyList<NodeReport> Collect()
    {
        IReadOnlyList<NodeReport> reports = [];
        long begin = Stopwatch.GetTimestamp();
        Await(() => reports = _wire.Collect());
        Volatile.Write(ref _awaitedTicks, _awaitedTicks + Stopwatch.GetTimestamp() - begin);
        if (_hasFailed)
        {
            _reports.Clear();
            _reports.AddRange(_grants.Select(grant => _lost[grant.Node]));
            return _reports;
        }

        foreach (NodeReport report in reports)
        {
            // If the process fails later, this is how far its node is known to have come.
            _lost[report.Node].Now = report.Now;
        }

        return reports;
    }

    public void Finish(VirtualTime time) => Await(() => _wire.Finish(time));

    /// <summary>The process is gone. Any thread.</summary>
    public void TellEnded(string how) => _wire.TellEnded(how);

    public void Dispose() => _wire.Dispose();

    private void Await(Action action)
    {
        _await(_round);
        Try(action);
        _await(null);
    }

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
