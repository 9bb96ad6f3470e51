namespace Dilaton.Guest;

/// <summary>A thread's signal state.</summary>
internal sealed class ThreadSignals
{
    public ulong Blocked { get; set; }

    /// <summary>What a call that waits with a mask of its own has replaced; the mask that the next
    /// handler returns to.</summary>
    public ulong? ReplacedMask { get; set; }

    /// <summary>What it waits for in sigtimedwait: these wake it though they are blocked.</summary>
    public ulong WaitedFor { get; set; }

    /// <summary>What was sent to this thread alone.</summary>
    public SignalQueue Queue { get; } = new();

    public SignalStack Stack { get; set; }

    /// <summary>What the only thread of a child starts with.</summary>
    public ThreadSignals Fork() =>
        new() { Blocked = Blocked, ReplacedMask = ReplacedMask, Stack = Stack };

    /// <summary>The last processor exception, as every later frame shows it too.</summary>
    public FaultRecord LastFault { get; set; }
}
