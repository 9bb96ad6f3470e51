namespace Dilaton.Cli;

/// <summary>What happened in a function, or on one of its lines.</summary>
/// <param name="Module">Guest path of the file that has the code; empty: code that the program made.</param>
/// <param name="File">Source file; empty: not known.</param>
/// <param name="Line">From 1; 0: not known, or the function as a whole.</param>
/// <param name="Values">By column of the profile.</param>
internal sealed record NamedRow(string Module, string Function, string File, int Line, ulong[] Values);
