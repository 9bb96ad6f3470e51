namespace Dilaton.Time;

/// <summary>What an engine of the set `interval` remembers besides <see cref="IssueState"/>; of misses that
/// have dispatched and wait for others, no more than that their end is not known.</summary>
public sealed class IntervalState
{
    public IntervalState(IntervalParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        RegisterDone = new ulong[parameters.MissRegisters];
        LoadPosition = new ulong[parameters.LoadQueueEntries];
        LoadProgram = new ulong[parameters.LoadQueueEntries];
        LoadDone = new ulong[parameters.LoadQueueEntries];
    }

    /// <summary>Miss register that the next miss behind the cut takes.</summary>
    public int NextRegister { get; set; }

    /// <summary>Per miss register: V in units at which its last miss was done.</summary>
    public ulong[] RegisterDone { get; }

    /// <summary>Loads that have not retired; so many of the columns below are used, oldest first.</summary>
    public int LoadCount { get; set; }

    public ulong[] LoadPosition { get; }

    /// <summary>Names, as <see cref="IssueMiss.Program"/>.</summary>
    public ulong[] LoadProgram { get; }

    public ulong[] LoadDone { get; }

    public bool IsSameAs(IntervalState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int count = LoadCount;
        return NextRegister == other.NextRegister && count == other.LoadCount
            && RegisterDone.AsSpan().SequenceEqual(other.RegisterDone)
            && LoadPosition.AsSpan(0, count).SequenceEqual(other.LoadPosition.AsSpan(0, count))
            && LoadProgram.AsSpan(0, count).SequenceEqual(other.LoadProgram.AsSpan(0, count))
            && LoadDone.AsSpan(0, count).SequenceEqual(other.LoadDone.AsSpan(0, count));
    }

    public void CopyFrom(IntervalState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (NextRegister, LoadCount) = (other.NextRegister, other.LoadCount);
        other.RegisterDone.CopyTo(RegisterDone, 0);
        other.LoadPosition.CopyTo(LoadPosition, 0);
        other.LoadProgram.CopyTo(LoadProgram, 0);
        other.LoadDone.CopyTo(LoadDone, 0);
    }
}
