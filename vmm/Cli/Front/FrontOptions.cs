namespace Dilaton.Cli;

/// <summary>How a run is shown and where its results go.</summary>
internal sealed record FrontOptions
{
    public required bool Quiet { get; init; }

    public required string Folder { get; init; }

    /// <summary>The run is measured, and ended when that is done; null: it goes on to its end.
    /// </summary>
    public Calibration? Calibration { get; init; }

    /// <summary>What an operator said in the run that is played back; empty: none is.</summary>
    public IReadOnlyList<ControlChange> Foretold { get; init; } = [];

    /// <summary>Where the node waits for a debugger; null: it does not.</summary>
    public string? Gdb { get; init; }

    /// <summary>Replace a folder that holds foreign files.</summary>
    public required bool Force { get; init; }

    /// <summary>The results survive a power cut from when result.json is there.</summary>
    public bool IsDurable { get; init; }
}
