using Dilaton.Core;
using Dilaton.Time;

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
    /// <summary>As <see cref="IssueMiss.Program"/>.</summary>
    public ulong Program { get; init; }

    /// <summary>As <see cref="IssueMiss.Producer"/>.</summary>
    public ulong Producer { get; init; } = IssueMiss.None;

    public StallCause Cause { get; init; }

    public IssueMiss Issue => new(Position, IssueKind, BehindCut, Program, Producer) { Cause = Cause };

    /// <summary>As <see cref="CacheMiss.AwaitsPrefetch"/>.</summary>
    public bool AwaitsPrefetch { get; init; }

    /// <summary>Least cycles behind the cut that it is charged, and will be.</summary>
    public uint MinCycles { get; init; }
}
