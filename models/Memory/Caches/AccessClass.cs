namespace Dilaton.Models.Memory;

/// <summary>Rows of a cache's counters.</summary>
internal enum AccessClass
{
    Load,
    Store,
    Fetch,
    Kernel,
    Prefetch,

    /// <summary>A read of the page table.</summary>
    Walk,
}
