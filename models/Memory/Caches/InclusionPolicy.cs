namespace Dilaton.Models.Memory;

/// <summary>What a level owes the levels nearer to the core.</summary>
public enum InclusionPolicy
{
    /// <summary>A miss fills every level on its way; an eviction leaves the nearer levels alone.
    /// A vCPU's L1 then changes by its own accesses and by other vCPUs only, which is what makes
    /// filtered events equal full ones.</summary>
    NonInclusive,

    /// <summary>As above, and an eviction takes the line out of all nearer levels
    /// (back-invalidation). An L1 hit does not refresh the outer level, so a hot line can fall out
    /// of L1 by its own vCPU's accesses within a slice: filtered events are then an estimate.
    /// </summary>
    Inclusive,
}
