using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>The weave phase behind the wire: hands new misses to the peer, and the timelines what
/// became of them; likewise accesses to windows. docs/protocol.md, section 4.
/// <code>
///  lockstep     WeaveTo ── send ── receive
///  pipelined k  Close ── send     the vCPUs run on     Close, the k-th after it ── receive
/// </code></summary>
internal sealed class PeerWeaver : IWeaver
{
    private readonly VcpuSlot[] _slots;
    private readonly bool _carriesMisses;
    private readonly IntervalBatch _batch;
    private readonly Queue<UnderWay> _underWay = new();
    private readonly LatencyHistogram _latencies = new();
    private VirtualTime _end;
    private VirtualTime _limit;
    private ulong _closes;

    /// <param name="carriesMisses">The peer lies behind the cut; else it has windows only.</param>
    /// <param name="interval">Of cores whose misses it times, with the set `interval`; else null.</param>
    public PeerWeaver(
        IIntervalPeer peer,
        VcpuSlot[] slots,
        int storeBufferEntries,
        bool carriesMisses,
        IntervalParameters? interval = null)
    {
        Peer = peer;
        _slots = slots;
        _carriesMisses = carriesMisses;
        _batch = new IntervalBatch(slots.Length, storeBufferEntries, interval);
    }

    public IIntervalPeer Peer { get; }

    public ulong RequestCount { get; private set; }

    public UInt128 LatencyPicoseconds { get; private set; }

    public LatencyHistogram? Latencies => _latencies.Count == RequestCount ? _latencies : null;

    public VirtualTime Reached { get; private set; }

    public bool HasMoved { get; private set; }

    /// <summary>Exchanges with the peer.</summary>
    public ulong ExchangeCount { get; private set; }

    public ulong LatencyMaxPicoseconds { get; private set; }

    public UInt128 OverloadLagPicoseconds { get; private set; }

    public void ResetStatistics()
    {
        RequestCount = 0;
        _latencies.Reset();
        LatencyPicoseconds = 0;
        ExchangeCount = 0;
        LatencyMaxPicoseconds = 0;
        OverloadLagPicoseconds = 0;
    }

    /// <summary>An interval is under way, or a request unanswered: what is known of the vCPUs will
    /// change at the end of an interval.</summary>
    public bool IsBusy => _underWay.Count > 0 || HasUnanswered();

    public void WeaveTo(VirtualTime end, VirtualTime limit)
    {
        HasMoved = false;
        Drain();
        if (HasWork(end))
        {
            Send(end, VirtualTime.Max(end, limit));
            Receive();
        }
        else
        {
            Peer.RequireAlive();
        }
    }

    /// <summary>Waits for all that is under way.</summary>
    public void Drain()
    {
        while (_underWay.Count > 0)
        {
            Receive();
        }
    }

    /// <summary>Pipelined: the interval ends; hands it over, and waits for what was handed over
    /// <paramref name="feedbackIntervals"/> ends ago.</summary>
    public void Close(VirtualTime end, int feedbackIntervals)
    {
        _closes++;
        if (HasNews(end))
        {
            // The peer stops at the end, or where its time may stand already.
            Send(end, VirtualTime.Max(end, _limit));
        }
        else
        {
            Peer.RequireAlive();
        }

        while (_underWay.TryPeek(out UnderWay first)
            && first.Close + (ulong)feedbackIntervals <= _closes)
        {
            Receive();
        }
    }

    private void Send(VirtualTime end, VirtualTime limit)
    {
        Fill(end, limit);
        Peer.Send(_batch);
        _underWay.Enqueue(new UnderWay(end, limit, _closes));
        ExchangeCount++;
        _end = end;
        _limit = VirtualTime.Max(_limit, limit);
    }

    private void Receive()
    {
        IntervalReport report = Peer.Receive();
        Check(report, _underWay.Dequeue());
        HasMoved |= report.Reached > Reached;
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
            TakeLatencies(vcpu);
            LatencyMaxPicoseconds = Math.Max(LatencyMaxPicoseconds, vcpu.LatencyMaxPicoseconds);
            OverloadLagPicoseconds += vcpu.OverloadLagPicoseconds;
        }

        Reached = report.Reached;
        _limit = _underWay.Count == 0 ? Reached : _limit;
    }

    private void TakeLatencies(VcpuReport vcpu)
    {
        if (vcpu.LatencyBins.Count > 0)
        {
            _latencies.Add(
                vcpu.LatencyBins, vcpu.LatencyPicoseconds, vcpu.LatencyMinPicoseconds,
                vcpu.LatencyMaxPicoseconds);
        }
    }

    /// <summary>Whether the peer could tell anything new.</summary>
    private bool HasWork(VirtualTime end)
    {
        foreach (VcpuSlot slot in _slots)
        {
            if (HasAccess(slot) || (_carriesMisses && slot.Timeline!.IsWaiting))
            {
                return true;
            }
        }

        return HasNews(end);
    }

    /// <summary>Whether there is anything new for the peer.</summary>
    private bool HasNews(VirtualTime end)
    {
        if (!_carriesMisses)
        {
            return false;
        }

        foreach (VcpuSlot slot in _slots)
        {
            if (slot.Timeline!.HasUnsent)
            {
                return true;
            }
        }

        return end > _end && HasUnanswered();
    }

    private bool HasUnanswered()
    {
        foreach (VcpuSlot slot in _slots)
        {
            if (slot.Timeline!.HasUnanswered)
            {
                return true;
            }
        }

        return false;
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

    private void Check(IntervalReport report, in UnderWay sent)
    {
        if (report.Reached < sent.End || report.Reached < Reached || report.Reached > sent.Limit)
        {
            throw new PeerFaultException(
                $"reached {report.Reached}, expected {VirtualTime.Max(sent.End, Reached)} to "
                + $"{sent.Limit}");
        }
    }

    /// <summary>An interval that was sent and is not reported yet.</summary>
    /// <param name="Close">How many intervals had ended when it was sent.</param>
    private readonly record struct UnderWay(VirtualTime End, VirtualTime Limit, ulong Close);
}
