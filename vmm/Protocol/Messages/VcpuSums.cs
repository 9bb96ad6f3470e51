namespace Dilaton.Protocol;

/// <summary>Sums of a vCPU over an interval, as its peer counts them.</summary>
/// <param name="Issued">Records issued, of those that were sent and not issued before.</param>
/// <param name="Answered">Requests answered.</param>
/// <param name="OverloadLagPs">By how much requests left later than they issued.</param>
public readonly record struct VcpuSums(
    ulong Issued, ulong Answered, ulong LatencySumPs, ulong LatencyMaxPs, ulong OverloadLagPs);
