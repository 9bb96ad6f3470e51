namespace Dilaton.Cli;

/// <summary>A point's process is gone.</summary>
/// <param name="Words">How, if it left no result: its exit code and last lines.</param>
internal sealed record PointEnd(SweepPoint Point, string Words);
