namespace Dilaton.Cli;

/// <summary>How a run is shown and where its results go.</summary>
internal sealed record FrontOptions
{
    public required bool Quiet { get; init; }

    public required string Folder { get; init; }

    /// <summary>Replace a folder that holds foreign files.</summary>
    public required bool Force { get; init; }
}
