namespace Dilaton.Models.Memory;

/// <summary>What a controller tells its memory.</summary>
public enum DramCommandKind
{
    Activate,
    Precharge,

    /// <summary>The end of an access with auto-precharge: no command of its own.</summary>
    AutoPrecharge,

    /// <summary>Of all banks of the rank, before a refresh.</summary>
    PrechargeAll,
    Read,
    Write,
    Refresh,
}
