namespace Dilaton.Cli;

/// <summary>What `dilaton run` was asked for.</summary>
internal sealed record RunRequest
{
    public bool Quiet { get; init; }

    public string? OutputFolder { get; init; }

    public string? MachineFile { get; init; }

    /// <summary>Where a debugger is waited for; null: none is.</summary>
    public string? Gdb { get; init; }

    /// <summary>Options that stand for keys of the job, and overrides, in the order given.
    /// </summary>
    public IReadOnlyList<JobSetting> Settings { get; init; } = [];

    /// <summary>That of a system, which then there is in place of a program.</summary>
    public string? Kernel { get; init; }

    public required IReadOnlyList<string> Program { get; init; }
}
