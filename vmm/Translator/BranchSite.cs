using Dilaton.Core;

namespace Dilaton.Translator;

/// <summary>A branch of a block, and where its flags or its target come from.</summary>
internal readonly record struct BranchSite
{
    public required ulong Rip { get; init; }

    /// <summary>Cost units from the head of the block to it.</summary>
    public required uint OffsetUnits { get; init; }

    /// <summary>The way that the block follows is that of a taken branch.</summary>
    public required bool IsFollowedTaken { get; init; }

    public required FlagsOrigin Flags { get; init; }

    public BranchKind Kind { get; init; }

    /// <summary>Where a return or an indirect branch goes if it goes the way that the block follows; 0 if the block
    /// ends with it.</summary>
    public ulong Target { get; init; }

    /// <summary>As <see cref="BranchEvent.ReturnTo"/>.</summary>
    public ulong ReturnTo { get; init; }

    /// <summary>As <see cref="BranchEvent.LoadsTarget"/>.</summary>
    public bool LoadsTarget { get; init; }
}
