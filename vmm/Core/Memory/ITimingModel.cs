namespace Dilaton.Core;

/// <summary>Times what passes the cut: DRAM in process, or a peer on the wire.</summary>
public interface ITimingModel
{
    /// <summary>No answer comes sooner than this after its request.</summary>
    VirtualDuration MinLatency { get; }

    /// <summary>Weave phase: times an interval's requests of all vCPUs together.</summary>
    /// <param name="requests">Ordered by (At, Vcpu, Sequence); none before the end of an earlier
    /// call's interval, save those of vCPUs that ran on within their slice.</param>
    /// <param name="latencies">One per request, at least <see cref="MinLatency"/>.</param>
    void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies);
}
