namespace Dilaton.Cli;

/// <summary>How a node's clock advances.</summary>
internal enum TimeMode
{
    /// <summary>As the engine keeps it; in no resolved job.</summary>
    Auto,

    /// <summary>Counted instructions and what they wait for.</summary>
    Executed,

    /// <summary>Measured run time / TDF.</summary>
    Dilated,
}
