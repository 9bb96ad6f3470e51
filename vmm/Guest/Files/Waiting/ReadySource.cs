namespace Dilaton.Guest;

/// <summary>A side of a file on which threads wait until it becomes ready. The count of its events
/// is what edge-triggered epoll looks at.</summary>
internal sealed class ReadySource
{
    public WaitQueue Queue { get; } = new();

    /// <summary>How often it has become ready, or readier.</summary>
    public ulong EventCount { get; private set; }

    public void Signal()
    {
        EventCount++;
        Queue.Wake();
    }
}
