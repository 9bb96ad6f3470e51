namespace Dilaton.Guest;

/// <summary>What TCP has counted (RFC 4022, and what loss did).</summary>
internal sealed class TcpCounters
{
    public ulong ActiveOpens { get; set; }

    public ulong PassiveOpens { get; set; }

    public ulong FailedOpens { get; set; }

    public ulong Resets { get; set; }

    public ulong SegmentsReceived { get; set; }

    public ulong SegmentsSent { get; set; }

    public ulong SegmentsRetransmitted { get; set; }

    /// <summary>Damaged ones.</summary>
    public ulong ReceiveErrors { get; set; }

    public ulong ResetsSent { get; set; }

    public ulong Timeouts { get; set; }

    public ulong FastRetransmits { get; set; }

    /// <summary>A connection came when its listener's queue was full.</summary>
    public ulong ListenDrops { get; set; }
}
