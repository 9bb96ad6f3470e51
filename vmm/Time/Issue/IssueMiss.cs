using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>A miss as the issue engine sees it.</summary>
/// <param name="Position">V in units, without the stall of misses.</param>
/// <param name="BehindCut">What lies behind the cut must answer it.</param>
/// <param name="Program">Name of its instruction: units that the program alone had spent there.</param>
/// <param name="Producer">Same of the load that its address comes from; <see cref="None"/> if of
/// none.</param>
public readonly record struct IssueMiss(
    ulong Position, MemoryEventKind Kind, bool BehindCut, ulong Program, ulong Producer)
{
    public const ulong None = ulong.MaxValue;

    /// <summary>Who answers it, if its core waits for it.</summary>
    public StallCause Cause { get; init; }

    /// <summary>Where it comes from, for an <see cref="IStallSink"/>; changes nothing.</summary>
    public int Origin { get; init; }
}
