namespace Dilaton.Cli;

/// <summary>One measurement that a line or a staircase is put through.</summary>
/// <param name="X">What was set: additions, bytes, chases.</param>
/// <param name="Y">What was measured, in nanoseconds.</param>
internal readonly record struct FitPoint(double X, double Y);
