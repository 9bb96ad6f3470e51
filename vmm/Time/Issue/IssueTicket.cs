using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>A miss that has issued and waits for its latency.</summary>
/// <param name="AtUnits">Virtual time of issue in cost units.</param>
/// <param name="Entry">Store buffer entry that it holds, with `interval` also load queue entry; or -1.</param>
public readonly record struct IssueTicket(ulong AtUnits, MemoryEventKind Kind, int Entry)
{
    /// <summary>Miss register that it holds, or -1; only with `interval`.</summary>
    public int Register { get; init; } = -1;

    /// <summary>How many misses were dispatched before it; only with `interval`.</summary>
    public ulong Order { get; init; }

    /// <summary>Who answers it, if its core waits for it.</summary>
    public StallCause Cause { get; init; }

    /// <summary>As <see cref="IssueMiss.Origin"/>.</summary>
    public int Origin { get; init; }
}
