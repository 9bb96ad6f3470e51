using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A thread that waits on a futex.</summary>
internal sealed class FutexWaiter(FutexKey key, uint bits, VirtualTime? deadline)
{
    /// <summary>Holds the one thread.</summary>
    public WaitQueue Queue { get; } = new();

    /// <summary>Changes when it is requeued.</summary>
    public FutexKey Key { get; set; } = key;

    public uint Bits { get; } = bits;

    /// <summary>Null waits for ever.</summary>
    public VirtualTime? Deadline { get; } = deadline;

    public bool IsWoken { get; set; }
}
