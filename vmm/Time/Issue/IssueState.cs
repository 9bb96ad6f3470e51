namespace Dilaton.Time;

/// <summary>All that an <see cref="IssueEngine"/> remembers, so that another one can go on from
/// it.</summary>
public sealed class IssueState
{
    /// <summary>In <see cref="StoreDone"/>: its latency is not known yet.</summary>
    public const ulong Unanswered = ulong.MaxValue;

    public IssueState(int storeBufferEntries)
    {
        StoreDone = new ulong[storeBufferEntries];
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
}
