namespace Dilaton.Guest;

/// <summary>A row of a line table: from its address to the next row's.</summary>
/// <param name="File">Number in the table of all files; -1: none.</param>
/// <param name="IsEnd">The first address behind a sequence.</param>
internal readonly record struct LineRow(ulong Address, int File, int Line, bool IsEnd);
