namespace Dilaton.Models.Memory;

/// <summary>How a plain read-modify-write enters the L1D counters.</summary>
public enum ModifyCounting
{
    /// <summary>One load, and one store that hits.</summary>
    LoadAndStore,

    /// <summary>One load, as cachegrind counts.</summary>
    Load,
}
