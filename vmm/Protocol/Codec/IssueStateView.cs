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

    /// <summary>This and the rest with the set `interval` only: miss register that the next miss takes.
    /// </summary>
    public int NextRegister { get; init; }

    /// <summary>Per miss register, when its last miss was done, in units.</summary>
    public ReadOnlySpan<ulong> RegisterDone { get; init; }

    /// <summary>Of each load that has not retired, oldest first.</summary>
    public ReadOnlySpan<ulong> LoadPosition { get; init; }

    /// <summary>Their names.</summary>
    public ReadOnlySpan<ulong> LoadProgram { get; init; }

    /// <summary>When they were done, in units.</summary>
    public ReadOnlySpan<ulong> LoadDone { get; init; }

    /// <summary>Nothing in it is unanswered.</summary>
    public bool IsSettled => !IsBlocked && !StoreDone.Contains(Unanswered)
        && !RegisterDone.Contains(Unanswered) && !LoadDone.Contains(Unanswered);
}
