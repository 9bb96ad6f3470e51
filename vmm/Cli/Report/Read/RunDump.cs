namespace Dilaton.Cli;

/// <summary>The statistics at a moment of a run, in virtual picoseconds.</summary>
internal sealed record RunDump(double Tick, IReadOnlyList<RunStatistic> Statistics);
