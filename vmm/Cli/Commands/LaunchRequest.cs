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

    public IReadOnlyList<JobSetting> Settings { get; init; } = [];
}
