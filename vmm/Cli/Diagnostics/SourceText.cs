namespace Dilaton.Cli;

/// <summary>Something an operator wrote: a file, or the command line (one line per argument).
/// </summary>
internal sealed class SourceText(string name, string text)
{
    private string[]? _lines;

    /// <summary>As the operator named it.</summary>
    public string Name { get; } = name;

    public string Text { get; } = text;

    /// <summary>The line without its end; empty past the last.</summary>
    public string Line(int number)
    {
        _lines ??= Text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        return number >= 1 && number <= _lines.Length ? _lines[number - 1] : "";
    }
}
