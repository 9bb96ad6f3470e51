namespace Dilaton.Models.Memory;

/// <summary>What becomes of a row after an access.</summary>
public enum PagePolicy
{
    /// <summary>It stays open until another row of its bank, or a refresh, needs it closed.</summary>
    Open,

    /// <summary>Each access opens its row and closes it by itself (auto-precharge).</summary>
    Closed,
}
