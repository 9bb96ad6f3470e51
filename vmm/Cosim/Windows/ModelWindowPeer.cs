using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Completes accesses to windows by a model in process: far memory whose data the worker
/// keeps. Each is asked for when it comes; a store is answered as a load is.</summary>
public sealed class ModelWindowPeer : IIntervalPeer
{
    private readonly ITimingModel _model;
    private readonly ulong _lineMask;
    private readonly Queue<IntervalReport> _underWay = new();
    private readonly MemoryRequest[] _request = new MemoryRequest[1];
    private readonly VirtualDuration[] _latency = new VirtualDuration[1];
    private readonly int _vcpuCount;
    private readonly int _storeBufferEntries;
    private VirtualTime _reached;
    private uint _sequence;

    /// <param name="lineSizeBytes">Of the model's lines.</param>
    public ModelWindowPeer(
        ITimingModel model, int lineSizeBytes, int vcpuCount, int storeBufferEntries)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _lineMask = (ulong)lineSizeBytes - 1;
        (_vcpuCount, _storeBufferEntries) = (vcpuCount, storeBufferEntries);
    }

    public VirtualDuration MinLatency => _model.MinLatency;

    public void Send(IntervalBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _reached = VirtualTime.Max(_reached, batch.End);
        IntervalReport report = new(_vcpuCount, _storeBufferEntries) { Reached = _reached };
        for (int i = 0; i < _vcpuCount; i++)
        {
            if (batch.Vcpus[i].Access is { } access)
            {
                Invariant.Require(access.IsTimedOnly, "a model has no data");
                report.Vcpus[i].CompletedAt = access.At + LatencyOf(new VcpuId(i), access);
            }
        }

        _underWay.Enqueue(report);
    }

    public IntervalReport Receive() => _underWay.Dequeue();

    public void RequireAlive()
    {
    }

    public void Statistics(bool dump, bool reset, VirtualTime time, string label)
    {
        // They are the session's.
    }

    private VirtualDuration LatencyOf(VcpuId vcpu, in WindowRequest access)
    {
        _request[0] = new MemoryRequest(
            access.At, vcpu, _sequence++, access.Address.Value & ~_lineMask,
            access.IsStore ? MemoryEventKind.Store : MemoryEventKind.Load);
        _model.Weave(_request, _latency);
        return _latency[0];
    }
}
