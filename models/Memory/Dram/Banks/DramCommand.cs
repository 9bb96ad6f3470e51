namespace Dilaton.Models.Memory;

/// <summary>A command and when it is sent.</summary>
/// <param name="At">Clocks from power-on.</param>
/// <param name="Where">Of a command to a whole rank, rank and channel only.</param>
public readonly record struct DramCommand(long At, DramCommandKind Kind, DramAddress Where);
