namespace Dilaton.Cli;

/// <summary>What a node of a network needs to know of it, beside the job.</summary>
/// <param name="Endpoint">Where the coordinator is.</param>
/// <param name="Names">Of all nodes, in the order of their addresses.</param>
internal sealed record ClusterPlace(string Endpoint, IReadOnlyList<string> Names);
