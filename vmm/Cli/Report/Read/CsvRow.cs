namespace Dilaton.Cli;

/// <param name="Line">Of its first character, from 1.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Fields);
