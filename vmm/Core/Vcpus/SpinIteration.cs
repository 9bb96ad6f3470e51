namespace Dilaton.Core;

/// <summary>What one turn of a side-effect-free loop executes.</summary>
public readonly record struct SpinIteration(ulong Instructions, ulong Units, ulong Loads);
