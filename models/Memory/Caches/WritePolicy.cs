namespace Dilaton.Models.Memory;

/// <summary>Where a write that a level takes goes at once.</summary>
public enum WritePolicy
{
    /// <summary>Nowhere else: the line is dirty until it leaves.</summary>
    Back,

    /// <summary>To the next level as well: the line is never dirty here.</summary>
    Through,
}
