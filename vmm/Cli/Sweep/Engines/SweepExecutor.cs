namespace Dilaton.Cli;

/// <summary>What runs the points of a sweep.</summary>
internal enum SweepExecutor
{
    Local,
    Slurm,
    Parallel,
}
