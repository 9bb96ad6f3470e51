namespace Dilaton.Cli;

/// <summary>How a sweep goes to Slurm.</summary>
/// <param name="PointsPerTask">Points that a task of the array runs, one after another.</param>
/// <param name="AtOnce">Tasks at once; null: as Slurm likes.</param>
/// <param name="Extra">Options of sbatch, as typed; empty: none.</param>
internal sealed record SlurmOptions(int PointsPerTask, int? AtOnce, string Extra);
