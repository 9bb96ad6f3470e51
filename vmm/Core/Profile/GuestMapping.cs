namespace Dilaton.Core;

/// <summary>What a guest address belongs to.</summary>
/// <param name="Start">First address of the run of pages that are alike.</param>
/// <param name="End">Behind its last one.</param>
/// <param name="File">Guest path of the file that is mapped there; else null.</param>
/// <param name="FileOffset">Of the address, not of the start.</param>
/// <param name="IsWritable">The guest may write there.</param>
/// <param name="IsCode">The guest may run what is there.</param>
public readonly record struct GuestMapping(
    GuestMappingKind Kind, ulong Start, ulong End, string? File, ulong FileOffset, bool IsWritable, bool IsCode);
