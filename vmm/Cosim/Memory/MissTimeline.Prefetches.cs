using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Lines that a hardware prefetcher asked for: their first use waits until they are there.
/// <code>
///   prefetch: pending ──> open ──(answered at D)──> arrived
///   use at t:             stands until answered     takes max(its latency, D - t)
/// </code>
/// While it stands, its bound is what is known of D: the prefetch passes the cut at A, so that D is no sooner
/// than A + the least latency. Without this the clock of a core that acts next could stand before A for ever:
/// nothing is timed that passes the cut at or after the least clock.</summary>
internal sealed partial class MissTimeline
{
    public PrefetchedLines Prefetched { get; } = new();

    /// <summary>Its time can't be known before the line's prefetch is answered. The core stands
    /// that long, so nothing of its own that comes later is sooner behind the cut.</summary>
    private bool AwaitsOpenPrefetch(in PendingMiss miss) =>
        Waits(miss) && Prefetched.IsOpen(miss.Line);

    private bool Waits(in PendingMiss miss) =>
        miss.AwaitsPrefetch && !IsOutOfOrder && IssueEngine.Blocks(miss.IssueKind);

    /// <summary>Of the first pending miss, once all before it is answered: then its time is final, and so what it
    /// waits at least. At least a cycle from A, as any request takes.</summary>
    private void RaiseBound(ref PendingMiss miss)
    {
        if (_true.IsBlocked)
        {
            return;
        }

        VirtualTime at = _clock.TimeAt(miss.Position + _true.StallUnits);
        VirtualTime sent = Prefetched.SentAt(miss.Line);
        if (sent + _minLatency <= at)
        {
            return;
        }

        ulong toCut = sent > at ? _clock.Frequency.CyclesCovering(sent - at) + 1 : 0;
        ulong least = Math.Max(toCut, _clock.Frequency.CyclesCovering((sent + _minLatency) - at));
        if (least > miss.AwaitedCycles)
        {
            miss.AwaitedCycles = checked((uint)least);
            _isStale = true;
        }
    }

    /// <summary>Cycles of an issued miss whose latency is known.</summary>
    private ulong KnownCycles(in PendingMiss miss, ulong atUnits)
    {
        if (Waits(miss))
        {
            ulong cycles = Prefetched.Use(
                miss.Line, _clock.TimeAt(atUnits), miss.Cycles, _clock.Frequency);
            return Math.Max(cycles, miss.AwaitedCycles);
        }

        if (miss.Kind == MemoryEventKind.Prefetch && !Prefetched.IsOpen(miss.Line))
        {
            VirtualTime done = _clock.TimeAt(atUnits + (miss.Cycles * _unitsPerCycle));
            Prefetched.Arrive(
                miss.Line,
                miss.AwaitsPrefetch ? VirtualTime.Max(done, Prefetched.DoneAt(miss.Line)) : done,
                _clock.TimeAt(atUnits));
        }

        return miss.Cycles;
    }
}
