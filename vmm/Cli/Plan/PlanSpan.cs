namespace Dilaton.Cli;

/// <summary>What a node did, and what that took, between two samples.</summary>
internal readonly record struct PlanSpan(
    double HostSeconds,
    double VirtualSeconds,
    double Instructions,
    double CpuSeconds,
    double PeerWaitSeconds,
    double FrontCpuSeconds)
{
    /// <summary>Host time by virtual time; infinite if none passed.</summary>
    public double Slowdown => VirtualSeconds > 0
        ? HostSeconds / VirtualSeconds
        : double.PositiveInfinity;

    public static PlanSpan Between(in NodeSample from, in NodeSample to) => new(
        to.HostSeconds - from.HostSeconds,
        (to.TimePs - from.TimePs) / 1e12,
        to.Instructions - from.Instructions,
        to.CpuSeconds - from.CpuSeconds,
        to.PeerWaitSeconds - from.PeerWaitSeconds,
        to.FrontCpuSeconds - from.FrontCpuSeconds);
}
