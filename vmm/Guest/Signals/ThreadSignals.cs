namespace Dilaton.Guest;

/// <summary>A thread's signal state. Bit n - 1 of a mask is signal n.</summary>
internal sealed class ThreadSignals
{
    public ulong Blocked { get; set; }

    public ulong Pending { get; set; }

    public ulong StackAddress { get; set; }

    public ulong StackBytes { get; set; }

    public int StackFlags { get; set; } = Signal.StackDisabled;
}
