namespace Dilaton.Cli;

/// <summary>How bad it is.</summary>
internal enum FindingLevel
{
    Ok,

    /// <summary>Something optional is missing.</summary>
    Warn,

    /// <summary>Runs fail without it.</summary>
    Fail,
}
