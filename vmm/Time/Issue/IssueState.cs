namespace Dilaton.Time;

/// <summary>All that an <see cref="IssueEngine"/> remembers, so that another one can go on from
/// it.</summary>
public sealed class IssueState
{
    /// <summary>In <see cref="StoreDone"/>: its latency is not known yet.</summary>
    public const ulong Unanswered = ulong.MaxValue;

    /// <param name="interval">Of an engine of the set `interval`; else null.</param>
    public IssueState(int storeBufferEntries, IntervalParameters? interval = null)
    {
        StoreDone = new ulong[storeBufferEntries];
        Interval = interval is null ? null : new IntervalState(interval);
    }

    /// <summary>Stall of all misses answered so far, in cost units.</summary>
    public ulong StallUnits { get; set; }

    /// <summary>Entry that the next store takes.</summary>
    public int NextEntry { get; set; }

    /// <summary>The core waits for a load, an atomic, a read-modify-write or a fetch.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Per entry of the store buffer: V in units at which its last store was done.
    /// </summary>
    public ulong[] StoreDone { get; }

    /// <summary>The rest of the set `interval`; null: the set is `inorder`.</summary>
    public IntervalState? Interval { get; }

    /// <summary>Whether an engine that goes on from the one does what one that goes on from the other
    /// does.</summary>
    public bool IsSameAs(IssueState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return StallUnits == other.StallUnits && NextEntry == other.NextEntry && IsBlocked == other.IsBlocked
            && StoreDone.AsSpan().SequenceEqual(other.StoreDone)
            && (Interval is null ? other.Interval is null
                : other.Interval is not null && Interval.IsSameAs(other.Interval));
    }

    public void CopyFrom(IssueState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (StallUnits, NextEntry, IsBlocked) = (other.StallUnits, other.NextEntry, other.IsBlocked);
        other.StoreDone.CopyTo(StoreDone, 0);
        Interval?.CopyFrom(other.Interval!);
    }
}
