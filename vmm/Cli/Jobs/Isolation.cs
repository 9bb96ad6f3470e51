namespace Dilaton.Cli;

/// <summary>How nodes are laid out over worker processes.</summary>
internal enum Isolation
{
    /// <summary>As the size of the job suggests; a resolved job has one of the others.</summary>
    Auto,

    /// <summary>A worker of its own.</summary>
    Process,

    /// <summary>A worker with other nodes, each in its own address window.</summary>
    Shared,
}
