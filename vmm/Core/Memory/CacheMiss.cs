namespace Dilaton.Core;

/// <summary>One line's access that was not an L1 hit.</summary>
/// <param name="Line">Guest-physical address of the line.</param>
/// <param name="OffsetUnits">As in <see cref="MemoryEventBlock.Offsets"/>.</param>
/// <param name="Cycles">Latency in core cycles that is known in front of the cut, from the access
/// to the answer of the level that held the line, or to the cut.</param>
/// <param name="BehindCut">The level behind the cut must answer too.</param>
public readonly record struct CacheMiss(
    ulong Line, uint OffsetUnits, uint Cycles, MemoryEventKind Kind, bool BehindCut)
{
    /// <summary>A hardware prefetcher of the vCPU has asked for the line, and this is its first use: it
    /// takes no less than until that request's answer.</summary>
    public bool AwaitsPrefetch { get; init; }

    /// <summary>Of kind fetch: it is the translation of a data address, and no instruction fetch.</summary>
    public bool IsDataWalk { get; init; }
}
