namespace Dilaton.Native;

/// <summary>What an entry of a ring says.</summary>
/// <param name="Kind">1: a message follows; 2: the next message came another way.</param>
/// <param name="HeaderBytes">Length of frame 0, as its writer claims.</param>
/// <param name="PayloadBytes">Length of frame 1.</param>
public readonly record struct RingEntry(uint Kind, uint HeaderBytes, ulong PayloadBytes)
{
    public const uint Message = 1;
    public const uint Elsewhere = 2;
}
