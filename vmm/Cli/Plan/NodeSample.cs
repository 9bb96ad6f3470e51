namespace Dilaton.Cli;

/// <summary>How far a node was at a host time.</summary>
/// <param name="HostSeconds">Since the run's start.</param>
/// <param name="TimePs">Virtual time in picoseconds.</param>
/// <param name="CpuSeconds">Of its worker.</param>
/// <param name="PeerWaitSeconds">For which it waited for its peers.</param>
/// <param name="FrontCpuSeconds">Of the front, with coordinator and network.</param>
internal readonly record struct NodeSample(
    double HostSeconds,
    ulong TimePs,
    ulong Instructions,
    double CpuSeconds,
    double PeerWaitSeconds,
    double FrontCpuSeconds);
