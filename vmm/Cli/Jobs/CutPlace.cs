namespace Dilaton.Cli;

/// <summary>Behind which level of caches the timing model begins.</summary>
internal enum CutPlace
{
    /// <summary>Behind all levels that are configured.</summary>
    Hierarchy,
    L1,
    L2,

    /// <summary>Before L1: all caches are the peer's.</summary>
    None,
}
