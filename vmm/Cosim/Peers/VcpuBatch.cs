using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's part of an <see cref="IntervalBatch"/>.</summary>
public sealed class VcpuBatch
{
    public VcpuBatch(int storeBufferEntries, IntervalParameters? interval = null)
    {
        State = new IssueState(storeBufferEntries, interval);
    }

    /// <summary>Position in units before which the vCPU makes no further record.</summary>
    public ulong FloorUnits { get; set; }

    /// <summary>Makes no record before another vCPU acts, or the limit.</summary>
    public bool IsIdle { get; set; }

    /// <summary><see cref="State"/> replaces what the peer has.</summary>
    public bool HasState { get; set; }

    public IssueState State { get; }

    /// <summary>Those not sent before, in program order.</summary>
    public ReadOnlyMemory<PendingMiss> Misses { get; set; }

    /// <summary>An access to a window, at the interval's end; null: none.</summary>
    public WindowRequest? Access { get; set; }
}
