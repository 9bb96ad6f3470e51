namespace Dilaton.Guest;

/// <summary>How guest pages get physical addresses.</summary>
public enum MemoryAddressing
{
    /// <summary>Frames in the order of first touch.</summary>
    FirstTouch,

    /// <summary>Physical address = virtual address, for law tests.</summary>
    Identity,
}
