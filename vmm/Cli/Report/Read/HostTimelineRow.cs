namespace Dilaton.Cli;

/// <summary>A row of host-timeline.csv.</summary>
/// <param name="VirtualPs">How far the node was.</param>
/// <param name="WaitShare">Of the sample's host time.</param>
/// <param name="WaitsFor">The peers; empty if it has none.</param>
/// <param name="AwaitedShare">Of the sample's host time.</param>
internal sealed record HostTimelineRow(
    double HostMs, string Node, double VirtualPs, double WaitShare, string WaitsFor, double AwaitedShare);
