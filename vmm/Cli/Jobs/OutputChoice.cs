namespace Dilaton.Cli;

/// <summary>Where a guest's standard output or error goes.</summary>
internal enum OutputChoice
{
    /// <summary>Dilaton's own for the only node of a job, else a file; a resolved job says which.
    /// </summary>
    Auto,

    Inherit,
    File,
    None,
}
