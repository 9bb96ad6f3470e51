using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>The node's time dilation factor: by the job's schedule, and as an operator says while the
/// node runs.</summary>
internal sealed partial class NodeWorker
{
    /// <summary>Any thread; of a node without a network.</summary>
    /// <param name="stands">Called on the node's thread once it does.</param>
    public void RequestStand(Action stands) => _session.RequestStand(stands);

    /// <summary>Any thread.</summary>
    public void Release() => _session.Release();

    /// <summary>Says where the node stands. Any thread.</summary>
    public void TellStands() => _session.WhileStanding(() => Tell(new WorkerMessage
    {
        Kind = WorkerMessageKind.Stands,
        TimePs = _session.ReadProgress().Time.Picoseconds,
        Instructions = _session.ReadProgress().Instructions,
        PeerWaitSeconds = PeerWait(),
        Lines = State(),
        Stand = _session.Stand(_isGranted),
    }));

    /// <summary>Lets the node, which stands, meet other rates. Any thread.</summary>
    public void ChangeRates(VirtualTime at, Ratio factor) => _session.WhileStanding(() =>
    {
        VirtualTime effect = _session.ScheduleRates(Rates(at, factor));
        Invariant.Require(effect == at, "a node has passed what it was to change at");
        Tell(new WorkerMessage { Kind = WorkerMessageKind.Changed });
    });

    private void ScheduleRates()
    {
        NodeJob node = _physical.Nodes[0];
        IReadOnlyList<TdfStep> steps = Dilation.TdfOf(_physical, node).Steps;
        foreach (TdfStep step in _physical.DilatesNode(node) ? steps.Skip(1) : [])
        {
            _session.ScheduleRates(JobMapping.Rates(_physical, step, _dram as FlatDram));
        }
    }

    private void Foretell(IReadOnlyList<ForetoldTdf> changes)
    {
        foreach (ForetoldTdf change in changes)
        {
            _session.ForetellRates(change.Known, Rates(change.At, change.Factor), _isGranted);
        }
    }

    private NodeRates Rates(VirtualTime at, Ratio factor) => JobMapping.Rates(
        _physical, new TdfStep(at - VirtualTime.Zero, factor), _dram as FlatDram);

    private void Tell(WorkerMessage message)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _link.Send(message);
            }
        }
    }
}
