namespace Dilaton.Time;

/// <summary>What the other runnable vCPUs of a node are to one that is about to run.</summary>
public enum Rivals
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>All run processes that see nothing of what this one stores, but by calls.</summary>
    Apart,

    /// <summary>Some may share memory with it.</summary>
    Near,
}
