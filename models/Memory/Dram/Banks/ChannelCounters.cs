namespace Dilaton.Models.Memory;

/// <summary>What a channel has counted since the last reset.</summary>
internal sealed class ChannelCounters
{
    public ulong Reads { get; set; }

    public ulong Writes { get; set; }

    public ulong RowHits { get; private set; }

    public ulong RowMisses { get; private set; }

    public ulong RowConflicts { get; private set; }

    public ulong Activates { get; set; }

    public ulong Precharges { get; set; }

    public ulong Refreshes { get; set; }

    /// <summary>Reads whose data a waiting write had.</summary>
    public ulong Forwarded { get; set; }

    /// <summary>Writes of a line that waited already.</summary>
    public ulong Merged { get; set; }

    /// <summary>Times that so many writes waited that they were written.</summary>
    public ulong Drains { get; set; }

    /// <summary>Changes from reading to writing or back, as far as they are past.</summary>
    public ulong Turnarounds { get; private set; }

    public ulong Waited { get; private set; }

    public UInt128 WaitClocks { get; private set; }

    public long WaitClocksMax { get; private set; }

    private DramCommandKind? LastColumn { get; set; }

    public void Count(RowOutcome outcome)
    {
        switch (outcome)
        {
            case RowOutcome.Hit:
                RowHits++;
                break;
            case RowOutcome.Miss:
                RowMisses++;
                break;
            default:
                RowConflicts++;
                break;
        }
    }

    /// <param name="clocks">That a read waited beyond what its row took.</param>
    public void Wait(long clocks)
    {
        Waited += clocks > 0 ? 1UL : 0;
        WaitClocks += (ulong)clocks;
        WaitClocksMax = Math.Max(WaitClocksMax, clocks);
    }

    /// <summary>Is told commands in the order of time.</summary>
    public void Retire(in DramCommand command)
    {
        if (command.Kind is DramCommandKind.Read or DramCommandKind.Write)
        {
            Turnarounds += LastColumn is { } last && last != command.Kind ? 1UL : 0;
            LastColumn = command.Kind;
        }
    }

    /// <summary>Turnarounds with those that are promised.</summary>
    public ulong TurnaroundsWith(ReadOnlySpan<DramCommand> promised)
    {
        ulong count = Turnarounds;
        DramCommandKind? last = LastColumn;
        foreach (DramCommand command in promised)
        {
            if (command.Kind is DramCommandKind.Read or DramCommandKind.Write)
            {
                count += last is { } kind && kind != command.Kind ? 1UL : 0;
                last = command.Kind;
            }
        }

        return count;
    }

    public void Reset()
    {
        Reads = Writes = RowHits = RowMisses = RowConflicts = 0;
        Activates = Precharges = Refreshes = Forwarded = Merged = Drains = Turnarounds = Waited = 0;
        WaitClocks = 0;
        WaitClocksMax = 0;
    }
}
