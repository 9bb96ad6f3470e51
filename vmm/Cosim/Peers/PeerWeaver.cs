using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>The weave phase behind the wire: hands new misses to the peer, and the timelines what
/// became of them; likewise accesses to windows. docs/protocol.md, section 4.</summary>
internal sealed class PeerWeaver : IWeaver
{
    private readonly VcpuSlot[] _slots;
    private readonly bool _carriesMisses;
    private readonly IntervalBatch _batch;
    private VirtualTime _end;

    /// <param name="carriesMisses">The peer lies behind the cut; else it has windows only.</param>
    public PeerWeaver(
        IIntervalPeer peer, VcpuSlot[] slots, int storeBufferEntries, bool carriesMisses)
    {
        Peer = peer;
        _slots = slots;
        _carriesMisses = carriesMisses;
        _batch = new IntervalBatch(slots.Length, storeBufferEntries);
    }

    public IIntervalPeer Peer { get; }

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
            Peer.RequireAlive();
            return;
        }

        limit = VirtualTime.Max(end, limit);
        Fill(end, limit);
        IntervalReport report = Peer.Time(_batch);
        ExchangeCount++;
        Check(report, end, limit);
        HasMoved = report.Reached > Reached;
        for (int i = 0; i < _slots.Length; i++)
        {
            VcpuReport vcpu = report.Vcpus[i];
            TakeAccess(_slots[i], vcpu, report.Reached);
            if (!_carriesMisses)
            {
                Require(vcpu.Issued == 0 && vcpu.Open.Count == 0 && vcpu.Dropped.Count == 0,
                    "tells of requests that were not made");
                continue;
            }

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
            if (HasAccess(slot))
            {
                return true;
            }

            if (!_carriesMisses)
            {
                continue;
            }

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
            VcpuSlot slot = _slots[i];
            vcpu.IsIdle = slot.IsIdle;
            vcpu.Access = HasAccess(slot) && !slot.Window.IsSent ? slot.Window.Send() : null;
            Invariant.Require(vcpu.Access is not { } access || access.At == end);
            if (_carriesMisses)
            {
                vcpu.FloorUnits = slot.Position;
                slot.Timeline!.Give(vcpu);
            }
            else
            {
                // This peer charges no stall: what others charge is part of the position.
                vcpu.FloorUnits = slot.Clock.TotalUnits;
            }
        }
    }

    /// <summary>The vCPU waits for this peer to complete an access.</summary>
    private bool HasAccess(VcpuSlot slot) =>
        slot.Window is { IsOpen: true, IsCompleted: false } operation
        && operation.Window!.Weaver == this;

    private void TakeAccess(VcpuSlot slot, VcpuReport report, VirtualTime reached)
    {
        if (!HasAccess(slot))
        {
            Require(report.CompletedAt is null, "completes an access that was not made");
            return;
        }

        if (report.CompletedAt is not { } at)
        {
            slot.Window.Reach(reached);
            return;
        }

        Require(
            at >= slot.Window.Until,
            $"completes an access at {at}, and was past {slot.Window.Until}");
        slot.Window.Complete(at, report.CompletionData.Span);
        HasMoved = true;
    }

    private static void Require(bool ok, string what)
    {
        if (!ok)
        {
            throw new PeerFaultException(what);
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
