namespace Dilaton.Cli;

/// <summary>A distribution with its place in the report.</summary>
/// <param name="Kind">Memory requests or frames.</param>
/// <param name="Label">The node, or the point by its swept values.</param>
/// <param name="Line">What tells the report's lines apart; empty if there is one.</param>
/// <param name="X">The value on the report's axis; null for a single run, and where that is no
/// number.</param>
internal sealed record LatencyCurve(
    LatencyKind Kind, string Label, string Line, double? X, LatencyDistribution Latencies);
