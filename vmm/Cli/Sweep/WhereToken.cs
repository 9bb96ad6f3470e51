namespace Dilaton.Cli;

/// <param name="Kind">'n' number, 't' quoted text, 'p' path or word, 'o' operator, 'e' end.</param>
/// <param name="Offset">From 0.</param>
internal readonly record struct WhereToken(char Kind, string Text, int Offset);
