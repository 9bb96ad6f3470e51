namespace Dilaton.Guest;

/// <summary>What a cache holds.</summary>
public enum CacheContent
{
    /// <summary>Loads and stores.</summary>
    Data,

    /// <summary>Fetches.</summary>
    Instruction,

    /// <summary>Both.</summary>
    Unified,
}
