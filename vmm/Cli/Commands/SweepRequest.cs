namespace Dilaton.Cli;

/// <summary>What `dilaton sweep` was asked for.</summary>
internal sealed record SweepRequest
{
    /// <summary>Null: what the folder holds is resumed.</summary>
    public string? JobFile { get; init; }

    /// <summary>Arguments of the form path=value, and options that stand for such.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string Folder { get; init; }

    public int? Repeat { get; init; }

    /// <summary>Points at once; null: as many as fit.</summary>
    public int? Jobs { get; init; }

    public SweepExecutor Executor { get; init; }

    /// <summary>Of Slurm's array; null: one.</summary>
    public int? PointsPerTask { get; init; }

    /// <summary>Options of sbatch, as typed.</summary>
    public string SlurmOptions { get; init; } = "";

    /// <summary>Starts nothing.</summary>
    public bool PlanOnly { get; init; }

    /// <summary>Leaves the points to Slurm.</summary>
    public bool SubmitOnly { get; init; }

    /// <summary>Only makes the tables of <see cref="Folder"/> anew.</summary>
    public bool Gather { get; init; }

    /// <summary>Only ends the jobs that Slurm has of <see cref="Folder"/>.</summary>
    public bool Cancel { get; init; }

    public bool Resume { get; init; }

    public bool DryRun { get; init; }

    public bool KeepGoing { get; init; }

    public bool Json { get; init; }

    public bool Quiet { get; init; }

    /// <summary>Id of the one point to run in this process.</summary>
    public string? Point { get; init; }

    /// <summary>With <see cref="Point"/>: the process to die with.</summary>
    public int? Parent { get; init; }

    /// <summary>With <see cref="Point"/>: host processors to keep to; empty: any.</summary>
    public IReadOnlyList<int> Processors { get; init; } = [];
}
