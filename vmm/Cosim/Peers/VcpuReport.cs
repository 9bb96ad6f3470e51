using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's part of an <see cref="IntervalReport"/>.</summary>
public sealed class VcpuReport
{
    public VcpuReport(int storeBufferEntries)
    {
        State = new IssueState(storeBufferEntries);
    }

    /// <summary>How many of the misses that had not issued before have issued now.</summary>
    public int Issued { get; set; }

    /// <summary>The issue engine after all that issued.</summary>
    public IssueState State { get; }

    /// <summary>Requests on their way, oldest first.</summary>
    public List<OpenRequest> Open { get; } = [];

    /// <summary>Lines that the vCPU's filter must drop.</summary>
    public List<GuestPhysicalAddress> Dropped { get; } = [];

    /// <summary>When its open access to a window was completed; null: it was not.</summary>
    public VirtualTime? CompletedAt { get; set; }

    /// <summary>What that access loaded.</summary>
    public ReadOnlyMemory<byte> CompletionData { get; set; }

    public ulong Answered { get; set; }

    public ulong LatencyPicoseconds { get; set; }

    public ulong LatencyMaxPicoseconds { get; set; }

    /// <summary>Number and count of each bin of a <see cref="LatencyHistogram"/> that is not empty,
    /// in turn; empty if the peer does not count them.</summary>
    public IReadOnlyList<ulong> LatencyBins { get; set; } = [];

    public ulong LatencyMinPicoseconds { get; set; }

    /// <summary>Time by which requests left later than they issued, since the peer was full.
    /// </summary>
    public ulong OverloadLagPicoseconds { get; set; }
}
