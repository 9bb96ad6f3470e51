namespace Dilaton.Models.Memory;

/// <summary>A write that waits in the controller.</summary>
/// <param name="From">Edge from which it is there.</param>
internal readonly record struct PendingWrite(long From, ulong Line, DramAddress Where);
