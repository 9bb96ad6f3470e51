namespace Dilaton.Translator;

/// <summary>A conditional branch of a block, and where its flags come from.</summary>
internal readonly record struct BranchSite
{
    public required ulong Rip { get; init; }

    /// <summary>Cost units from the head of the block to it.</summary>
    public required uint OffsetUnits { get; init; }

    /// <summary>The way that the block follows is that of a taken branch.</summary>
    public required bool IsFollowedTaken { get; init; }

    public required FlagsOrigin Flags { get; init; }
}
