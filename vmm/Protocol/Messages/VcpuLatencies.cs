namespace Dilaton.Protocol;

/// <summary>How the latencies of a vCPU's answers of an interval are distributed: docs/protocol.md,
/// 4.5a.</summary>
/// <param name="Bins">Number and count of each bin that is not empty, in turn; empty: the peer does
/// not count them.</param>
public readonly record struct VcpuLatencies(IReadOnlyList<ulong> Bins, ulong LeastPs);
