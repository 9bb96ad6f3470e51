namespace Dilaton.Cli;

/// <summary>A place in a source text; both counted from 1.</summary>
internal readonly record struct SourceMark(int Line, int Column)
{
    public static SourceMark Start => new(1, 1);
}
