using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A thread that waits for a lock with priority inheritance.</summary>
/// <param name="address">Of the lock's word, in the memory of its process.</param>
internal sealed class PiWaiter(GuestThread thread, ulong address, VirtualTime? deadline)
{
    public GuestThread Thread { get; } = thread;

    public ulong Address { get; } = address;

    /// <summary>Null waits for ever.</summary>
    public VirtualTime? Deadline { get; } = deadline;

    /// <summary>Holds the one thread.</summary>
    public WaitQueue Queue { get; } = new();

    public PiFutex? Lock { get; set; }

    /// <summary>The lock has been handed to it.</summary>
    public bool IsOwner { get; set; }
}
