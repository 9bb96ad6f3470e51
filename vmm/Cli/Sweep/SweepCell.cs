namespace Dilaton.Cli;

/// <summary>A value of a path with what the job tree gets for it, which knows where it was written.
/// </summary>
internal readonly record struct SweepCell(SweepValue Value, JobNode Node);
