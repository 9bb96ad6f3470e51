using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>The weave phase behind the wire: hands new misses to the peer, and the timelines what
/// became of them. docs/protocol.md, section 4.</summary>
internal sealed class PeerWeaver : IWeaver
{
    private readonly IIntervalPeer _peer;
    private readonly VcpuSlot[] _slots;
    private readonly IntervalBatch _batch;
    private VirtualTime _end;

    public PeerWeaver(IIntervalPeer peer, VcpuSlot[] slots, int storeBufferEntries)
    {
        _peer = peer;
        _slots = slots;
        _batch = new IntervalBatch(slots.Length, storeBufferEntries);
    }

    public ulong RequestCount { get; private set; }

    public UInt128 LatencyPicoseconds { get; private set; }

    public VirtualTime Reached { get; private set; }

    public bool HasMoved { get; private set; }

    /// <summary>Exchanges with the peer.</summary>
    public ulong ExchangeCount { get; private set; }

    public ulong LatencyMaxPicoseconds { get; private set; }

    public UInt128 OverloadLagPicoseconds { get; private set; }

    public void ResetStatistics()
    {
        RequestCount = 0;
        LatencyPicoseconds = 0;
        ExchangeCount = 0;
        LatencyMaxPicoseconds = 0;
        OverloadLagPicoseconds = 0;
    }

    public void WeaveTo(VirtualTime end, VirtualTime limit)
    {
        HasMoved = false;
        if (!HasWork(end))
        {
            _peer.RequireAlive();
            return;
        }

        limit = VirtualTime.Max(end, limit);
        Fill(end, limit);
        IntervalReport report = _peer.Time(_batch);
        ExchangeCount++;
        Check(report, end, limit);
        HasMoved = report.Reached > Reached;
        for (int i = 0; i < _slots.Length; i++)
        {
            VcpuReport vcpu = report.Vcpus[i];
            _slots[i].Timeline!.Take(vcpu, report.Reached);
            HasMoved |= vcpu.Issued > 0 || vcpu.Answered > 0;
            RequestCount += vcpu.Answered;
            LatencyPicoseconds += vcpu.LatencyPicoseconds;
            LatencyMaxPicoseconds = Math.Max(LatencyMaxPicoseconds, vcpu.LatencyMaxPicoseconds);
            OverloadLagPicoseconds += vcpu.OverloadLagPicoseconds;
        }

        _end = end;
        Reached = report.Reached;
    }

    /// <summary>Whether the peer could tell anything new.</summary>
    private bool HasWork(VirtualTime end)
    {
        bool hasUnanswered = false;
        foreach (VcpuSlot slot in _slots)
        {
            MissTimeline timeline = slot.Timeline!;
            if (timeline.HasUnsent || timeline.IsWaiting)
            {
                return true;
            }

            hasUnanswered |= timeline.HasUnanswered;
        }

        return hasUnanswered && end > _end;
    }

    private void Fill(VirtualTime end, VirtualTime limit)
    {
        _batch.Number++;
        _batch.End = end;
        _batch.Limit = limit;
        for (int i = 0; i < _slots.Length; i++)
        {
            VcpuBatch vcpu = _batch.Vcpus[i];
            vcpu.FloorUnits = _slots[i].Position;
            vcpu.IsIdle = _slots[i].IsIdle;
            _slots[i].Timeline!.Give(vcpu);
        }
    }

    private void Check(IntervalReport report, VirtualTime end, VirtualTime limit)
    {
        if (report.Reached < end || report.Reached < Reached || report.Reached > limit)
        {
            throw new PeerFaultException(
                $"reached {report.Reached}, expected {VirtualTime.Max(end, Reached)} to {limit}");
        }
    }
}
