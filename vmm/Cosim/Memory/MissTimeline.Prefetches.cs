using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Lines that a hardware prefetcher asked for: their first use waits until they are there.
/// <code>
///   prefetch: pending ──> open ──(answered at D)──> arrived
///   use at t:             stands until answered     takes max(its latency, D - t)
/// </code></summary>
internal sealed partial class MissTimeline
{
    public PrefetchedLines Prefetched { get; } = new();

    /// <summary>Its time can't be known before the line's prefetch is answered. The core stands
    /// that long, so nothing of its own that comes later is sooner behind the cut.</summary>
    private bool AwaitsOpenPrefetch(in PendingMiss miss) =>
        Waits(miss) && Prefetched.IsOpen(miss.Line);

    private bool Waits(in PendingMiss miss) =>
        miss.AwaitsPrefetch && !IsOutOfOrder && IssueEngine.Blocks(miss.IssueKind);

    /// <summary>Cycles of an issued miss whose latency is known.</summary>
    private ulong KnownCycles(in PendingMiss miss, ulong atUnits)
    {
        if (Waits(miss))
        {
            return Prefetched.Use(
                miss.Line, _clock.TimeAt(atUnits), miss.Cycles, _clock.Frequency);
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
