namespace Dilaton.Cosim;

/// <summary>A row of a node's timeline: what its vCPUs, all together, did from
/// <paramref name="BeginPs"/> until <paramref name="EndPs"/> of virtual time. The four times are in
/// picoseconds; over all rows they sum up to the vCPUs' clocks at the end.</summary>
/// <param name="MemoryRequests">Timed behind the cut.</param>
/// <param name="PagesWritten">By guest code, in intervals that ended here, where they are counted.</param>
/// <param name="FramesSent">That the node put onto its network interface.</param>
public readonly record struct TimelineSample(
    ulong BeginPs,
    ulong EndPs,
    ulong ExecutedPs,
    ulong StallPs,
    ulong KernelPs,
    ulong WaitingPs,
    ulong Instructions,
    ulong MemoryRequests,
    ulong FramesSent,
    ulong FramesReceived,
    ulong PagesWritten = 0);
