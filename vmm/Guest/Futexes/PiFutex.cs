namespace Dilaton.Guest;

/// <summary>A lock with priority inheritance, while threads wait for it.</summary>
internal sealed class PiFutex(FutexKey key)
{
    public FutexKey Key { get; } = key;

    /// <summary>The thread that has it.</summary>
    public int OwnerId { get; set; }

    /// <summary>Oldest first.</summary>
    public LinkedList<PiWaiter> Waiters { get; } = new();
}
