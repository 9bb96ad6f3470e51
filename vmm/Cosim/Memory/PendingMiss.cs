using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A miss that has been charged its bound and not yet been timed.</summary>
/// <param name="Position">V in units, without the stall of misses.</param>
/// <param name="IssueKind">What the issue engine takes it for; a write-back stalls nobody.</param>
public readonly record struct PendingMiss(
    ulong Position,
    ulong Line,
    uint Cycles,
    MemoryEventKind Kind,
    MemoryEventKind IssueKind,
    bool BehindCut)
{
    /// <summary>Least cycles behind the cut that it is charged, and will be.</summary>
    public uint MinCycles { get; init; }
}
