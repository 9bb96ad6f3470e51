namespace Dilaton.Cli;

/// <summary>A program's repeats on the host itself.</summary>
/// <param name="Nanoseconds">Of processor time, the median.</param>
/// <param name="Spread">Between the quartiles, as a part of the median.</param>
/// <param name="Sum">What it worked out.</param>
internal readonly record struct NativeSample(double Nanoseconds, double Spread, ulong Sum);
