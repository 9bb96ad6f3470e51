using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>One vCPU's part of an <see cref="IntervalReport"/>.</summary>
public sealed class VcpuReport
{
    public VcpuReport(int storeBufferEntries, IntervalParameters? interval = null)
    {
        State = new IssueState(storeBufferEntries, interval);
    }

    /// <summary>How many of the misses that had not issued before have issued now.</summary>
    public int Issued { get; set; }

    /// <summary>The issue engine after all that issued.</summary>
    public IssueState State { get; }

    /// <summary>Requests on their way, oldest first; with `interval` none, as they follow from
    /// <see cref="Answers"/>.</summary>
    public List<OpenRequest> Open { get; } = [];

    /// <summary>With `interval` all answers of the interval, in the order in which they came.</summary>
    public List<PeerAnswer> Answers { get; } = [];

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
