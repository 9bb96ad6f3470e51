namespace Dilaton.Cosim;

/// <summary>Where an instruction is.</summary>
/// <param name="File">Guest path of the file that its code was mapped from; null: none, code that the
/// program made itself.</param>
/// <param name="Offset">In the file, in bytes; without one, the guest's address.</param>
public readonly record struct CodePlace(string? File, ulong Offset);
