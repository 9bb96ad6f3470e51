namespace Dilaton.Models.Memory;

/// <summary>A time in which a bank has a row open.</summary>
internal struct RowSpan
{
    public ulong Row;

    public long Activate;

    /// <summary>The refresh that closes it, if nothing did before.</summary>
    public long Deadline;

    /// <summary>When its precharge was promised to be; the deadline: by the refresh.</summary>
    public long Precharge;

    /// <summary>First instant at which it may be closed.</summary>
    public long CloseFrom;

    /// <summary>Nothing but a refresh closes it yet.</summary>
    public readonly bool IsOpen => Precharge == Deadline;
}
