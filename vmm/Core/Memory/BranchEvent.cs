namespace Dilaton.Core;

/// <summary>A branch that retired.</summary>
/// <param name="Address">Guest-virtual address of the instruction.</param>
/// <param name="OffsetUnits">As <see cref="MemoryEventBlock.Offsets"/>.</param>
/// <param name="Distance">As <see cref="MemoryEventBlock.Distances"/>, of the load that its flags or
/// its target come from; 0 if of none, or if producers are not told.</param>
public readonly record struct BranchEvent(ulong Address, uint OffsetUnits, uint Distance, bool IsTaken)
{
    /// <summary>As <see cref="MemoryEventBlock.Places"/>; 0 if nobody asks.</summary>
    public int Place { get; init; }

    public BranchKind Kind { get; init; }

    /// <summary>Where a return or an indirect branch went.</summary>
    public ulong Target { get; init; }

    /// <summary>Of a call: the address behind it.</summary>
    public ulong ReturnTo { get; init; }

    /// <summary>It loads its target itself; then it has no <see cref="Distance"/>.</summary>
    public bool LoadsTarget { get; init; }
}
