namespace Dilaton.Guest;

/// <summary>What a place of a program's code is called.</summary>
/// <param name="Function">Null: no symbol holds it.</param>
/// <param name="File">Source file; null: its line is not known.</param>
/// <param name="Line">From 1, or 0.</param>
public readonly record struct CodeName(string? Function, string? File, int Line);
