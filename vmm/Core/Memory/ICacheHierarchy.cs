namespace Dilaton.Core;

/// <summary>The cache levels in front of the cut, kept in the worker: state exact, latency flat.
/// Deterministic: the result depends on the order of calls only.</summary>
public interface ICacheHierarchy
{
    int LineSizeBytes { get; }

    /// <summary>L1 data hit latency in core cycles.</summary>
    uint LoadHitCycles { get; }

    /// <summary>Whether misses of kind prefetch are made by the hierarchy itself.</summary>
    bool HasPrefetcher => false;

    /// <summary>Whether an access to the line that its set was asked for last, by the same vCPU and of the same
    /// kind, is always a hit that changes nothing: nothing but an access takes a line out of L1 within a slice.
    /// </summary>
    bool HasSureHits => false;

    /// <summary>Applies the block in order. Misses (anything that is not an L1 hit) are appended
    /// to <paramref name="misses"/>, suppressed hits to the L1 counters. HOT: per access.</summary>
    void Access(in MemoryEventBlock block, MissBuffer misses);

    /// <summary>Lines that left the vCPU's L1 for another reason than its own accesses, or whose
    /// right to write was lost, since the last call: its filter must drop them.</summary>
    ReadOnlySpan<GuestPhysicalAddress> TakeDroppedLines(VcpuId vcpu);
}
