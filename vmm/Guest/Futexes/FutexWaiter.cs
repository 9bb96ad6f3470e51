namespace Dilaton.Guest;

/// <summary>A thread that waits on a futex.</summary>
internal sealed class FutexWaiter(FutexKey key, uint bits)
{
    /// <summary>Holds the one thread.</summary>
    public WaitQueue Queue { get; } = new();

    /// <summary>Changes when it is requeued.</summary>
    public FutexKey Key { get; set; } = key;

    public uint Bits { get; } = bits;

    public bool IsWoken { get; set; }
}
