namespace Dilaton.Guest;

/// <summary>What the processor says of an exception: trap number, error code, address (cr2).
/// </summary>
internal readonly record struct FaultRecord(ulong Trap, ulong Error, ulong Address);
