namespace Dilaton.Cosim;

/// <summary>A figure that a profile has of each place.</summary>
/// <param name="IsUnits">In cost units of the cores; else a count.</param>
public readonly record struct ProfileColumn(string Name, bool IsUnits, string Description);
