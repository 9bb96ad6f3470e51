namespace Dilaton.Cli;

/// <summary>A plateau of the staircase of a pointer chase.</summary>
/// <param name="Bytes">The largest ring that still had this latency.</param>
/// <param name="Nanoseconds">Of a load.</param>
internal readonly record struct FittedLevel(double Bytes, double Nanoseconds);
