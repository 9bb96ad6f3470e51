namespace Dilaton.Protocol;

/// <summary>State of an issue engine: docs/protocol.md, section 3.3.</summary>
public readonly ref struct IssueStateView
{
    /// <summary>In <see cref="StoreDone"/>: not answered yet.</summary>
    public const ulong Unanswered = ulong.MaxValue;

    public IssueStateView(
        ulong stallUnits, int nextEntry, bool isBlocked, ReadOnlySpan<ulong> storeDone)
    {
        StallUnits = stallUnits;
        NextEntry = nextEntry;
        IsBlocked = isBlocked;
        StoreDone = storeDone;
    }

    public ulong StallUnits { get; }

    /// <summary>Entry of the store buffer that the next store takes.</summary>
    public int NextEntry { get; }

    /// <summary>The core waits for a load, atomic, modify or fetch.</summary>
    public bool IsBlocked { get; }

    /// <summary>Per entry of the store buffer, when its last store was done, in units.</summary>
    public ReadOnlySpan<ulong> StoreDone { get; }
}
