namespace Dilaton.Models.Memory;

/// <summary>What a level does with a write of a line that it does not hold.</summary>
public enum WriteMissPolicy
{
    /// <summary>It takes the line.</summary>
    Allocate,

    /// <summary>It lets the write pass to the next level. Read-modify-writes read the line, so they
    /// allocate nevertheless.</summary>
    NoAllocate,
}
