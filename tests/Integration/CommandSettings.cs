namespace Dilaton.Tests.Integration;

internal sealed record CommandSettings
{
    public string? Folder { get; init; }

    /// <summary>Of the environment: NAME=value.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    public string Input { get; init; } = "";

    /// <summary>Processors that it may use, as taskset has them; empty: all.</summary>
    public string Cpus { get; init; } = "";

    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Called with the process id once standard error holds this text.</summary>
    public string ActOn { get; init; } = "";

    public Action<int>? Act { get; init; }
}
