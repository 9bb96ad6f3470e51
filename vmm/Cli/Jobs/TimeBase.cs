namespace Dilaton.Cli;

/// <summary>What dilated time measures.</summary>
internal enum TimeBase
{
    /// <summary>CPU time for which guest code ran.</summary>
    Run,
}
