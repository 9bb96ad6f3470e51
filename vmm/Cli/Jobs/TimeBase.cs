namespace Dilaton.Cli;

/// <summary>What dilated time measures.</summary>
internal enum TimeBase
{
    /// <summary>CPU time for which guest code ran.</summary>
    Run,

    /// <summary>The host's steady clock, whether guest code runs or not.</summary>
    Wall,
}
