namespace Dilaton.Models.Memory;

/// <summary>Which line of a full set makes room. See docs/models.md, "Replacement".</summary>
public enum ReplacementPolicy
{
    /// <summary>The one whose last use is longest ago.</summary>
    Lru,

    /// <summary>A binary tree of bits over the ways, each of which points away from the half that
    /// was used last.</summary>
    TreePlru,

    /// <summary>Static re-reference interval prediction with 2 bits, hit priority.</summary>
    Srrip,

    /// <summary>Bimodal: as <see cref="Srrip"/>, but most fills are expected not to be used again.
    /// </summary>
    Brrip,

    /// <summary>A pseudo-random way.</summary>
    Random,
}
