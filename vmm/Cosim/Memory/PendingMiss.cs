using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A miss that has been charged its bound and not yet been timed.</summary>
/// <param name="Position">V in units, without the stall of misses.</param>
/// <param name="IssueKind">What the issue engine takes it for; a write-back stalls nobody.</param>
public record struct PendingMiss(
    ulong Position,
    ulong Line,
    uint Cycles,
    MemoryEventKind Kind,
    MemoryEventKind IssueKind,
    bool BehindCut)
{
    /// <summary>As <see cref="IssueMiss.Program"/>.</summary>
    public ulong Program { get; set; }

    /// <summary>As <see cref="IssueMiss.Producer"/>.</summary>
    public ulong Producer { get; set; } = IssueMiss.None;

    public StallCause Cause { get; set; }

    public readonly IssueMiss Issue => new(Position, IssueKind, BehindCut, Program, Producer)
    {
        Cause = Cause,
        Origin = Origin,
    };

    /// <summary>As <see cref="IssueMiss.Origin"/>.</summary>
    public int Origin { get; set; }

    /// <summary>As <see cref="CacheMiss.AwaitsPrefetch"/>.</summary>
    public bool AwaitsPrefetch { get; set; }

    /// <summary>Least cycles behind the cut that it is charged, and will be.</summary>
    public uint MinCycles { get; set; }

    /// <summary>Least cycles that it waits for a prefetch on its way, as far as is known: it is charged them,
    /// and will be.</summary>
    public uint AwaitedCycles { get; set; }
}
