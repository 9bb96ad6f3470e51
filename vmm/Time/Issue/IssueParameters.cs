namespace Dilaton.Time;

/// <summary>Parameters of the issue engine.</summary>
public sealed record IssueParameters
{
    /// <summary>L1 data hit latency in core cycles; it is part of the program position. Not used by
    /// `interval`, which hides hits.</summary>
    public required uint LoadHitCycles { get; init; }

    /// <summary>Store misses that may be outstanding before a further one waits.</summary>
    public required int StoreBufferEntries { get; init; }

    public required ulong UnitsPerCycle { get; init; }

    /// <summary>The rest of the set `interval`; null: the set is `inorder`.</summary>
    public IntervalParameters? Interval { get; init; }
}
