namespace Dilaton.Models.Memory;

/// <summary>What a dirty eviction does to the next level.</summary>
public enum WritebackPolicy
{
    /// <summary>It is an access: the line becomes the most recently used one and is allocated if
    /// absent.</summary>
    Allocate,

    /// <summary>It marks the line dirty where present and passes on where absent; replacement order
    /// never changes. Cachegrind, which models no write-backs, sees the same hits and misses.
    /// </summary>
    Silent,
}
