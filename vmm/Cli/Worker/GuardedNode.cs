using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A node in the rounds of its network. One that can't go on has ended, as if its worker had
/// gone: what it did in its last round is not told, and the others of its worker go on.</summary>
internal sealed class GuardedNode : IClusterNode
{
    private readonly NodeWorker? _worker;
    private readonly IClusterNode? _node;
    private readonly WorkerConfinement _confinement;

    /// <param name="worker">Null: it could not even be started.</param>
    public GuardedNode(int id, NodeWorker? worker, WorkerConfinement confinement)
    {
        Id = id;
        _worker = worker;
        _confinement = confinement;
        _node = worker?.ClusterNode();
    }

    public int Id { get; }

    public IReadOnlyList<int> Ports => [Id];

    public void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
    {
        // By the first round the worker has met its coordinator, and what they share is open.
        _confinement.Seal();
        if (_node is not null && _worker!.Guard(() => _node.Run(until, arrivals, report)))
        {
            return;
        }

        report.HasEnded = true;
        report.NextAct = VirtualTime.MaxValue;
        report.Departures.Clear();
    }
}
