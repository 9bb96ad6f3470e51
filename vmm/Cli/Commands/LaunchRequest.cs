namespace Dilaton.Cli;

/// <summary>What `dilaton launch` was asked for.</summary>
internal sealed record LaunchRequest
{
    public required string JobFile { get; init; }

    public bool Quiet { get; init; }

    public string? OutputFolder { get; init; }

    public bool Force { get; init; }

    public bool DryRun { get; init; }

    /// <summary>A control.log to play back; null: none.</summary>
    public string? ReplayControl { get; init; }

    /// <summary>Where a debugger is waited for; null: none is.</summary>
    public string? Gdb { get; init; }

    /// <summary>A heterogeneous job of Slurm runs it, with a component for each host.</summary>
    public bool BySlurm { get; init; }

    /// <summary>Options of sbatch, as typed; empty: none.</summary>
    public string SlurmOptions { get; init; } = "";

    /// <summary>The batch script is written, and nothing is started.</summary>
    public bool PlanOnly { get; init; }

    public IReadOnlyList<JobSetting> Settings { get; init; } = [];
}
