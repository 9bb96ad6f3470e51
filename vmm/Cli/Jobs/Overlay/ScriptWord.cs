namespace Dilaton.Cli;

/// <summary>A word of a control text.</summary>
/// <param name="Line">Both counted from 1.</param>
internal readonly record struct ScriptWord(string Text, int Line, int Column)
{
    public bool Is(string keyword) => Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}
