namespace Dilaton.Cli;

/// <summary>What `dilaton doctor` found about one thing.</summary>
/// <param name="Detail">What is there.</param>
/// <param name="Remedy">What to do about it; empty if nothing need be done.</param>
internal sealed record Finding(string Name, FindingLevel Level, string Detail, string Remedy);
