namespace Dilaton.Guest;

/// <summary>A line of a source file.</summary>
/// <param name="File">As the compiler was given it.</param>
/// <param name="Line">From 1; 0: the code is of no line.</param>
internal readonly record struct CodeLine(string File, int Line);
