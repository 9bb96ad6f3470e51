namespace Dilaton.Time;

/// <summary>What the set `interval` has besides <see cref="IssueParameters"/>.</summary>
public sealed record IntervalParameters
{
    /// <summary>Entries of the reorder buffer times an instruction's cost: units of program
    /// position between an instruction that has not retired and one that can't dispatch yet.</summary>
    public required ulong WindowUnits { get; init; }

    /// <summary>Entries of the load queue: load misses that may be in flight.</summary>
    public required int LoadQueueEntries { get; init; }

    /// <summary>Miss registers: misses that may be under way behind the cut.</summary>
    public required int MissRegisters { get; init; }
}
