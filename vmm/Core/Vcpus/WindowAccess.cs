namespace Dilaton.Core;

/// <summary>The access to a window of the instruction at which a vCPU stands.</summary>
/// <param name="Address">Guest-virtual.</param>
/// <param name="Kind">Load, Store, Modify, Atomic, or Flush, which does nothing to a window.</param>
/// <param name="Refusal">Why the instruction can't be completed; null if it can.</param>
public readonly record struct WindowAccess(
    ulong Address,
    GuestPhysicalAddress Physical,
    int SizeBytes,
    MemoryEventKind Kind,
    string? Refusal)
{
    /// <summary>The widest operand: a whole YMM register.</summary>
    public const int SizeBytesMax = 32;

    public bool Reads => Kind is MemoryEventKind.Load or MemoryEventKind.Modify
        or MemoryEventKind.Atomic;

    public bool Writes => Kind is MemoryEventKind.Store or MemoryEventKind.Modify
        or MemoryEventKind.Atomic;
}
