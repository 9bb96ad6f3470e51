namespace Dilaton.Time;

/// <summary>What became of a miss that was to be dispatched.</summary>
public enum IssueOutcome
{
    /// <summary>When it dispatches is not known before an earlier one is answered.</summary>
    Blocked,

    /// <summary>It has issued.</summary>
    Issued,

    /// <summary>It has dispatched and issues when what it waits for is answered; later ones go on.
    /// </summary>
    Parked,
}
