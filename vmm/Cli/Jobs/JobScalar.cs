namespace Dilaton.Cli;

/// <summary>A single value. The schema, never its looks, decides its type.</summary>
internal sealed class JobScalar(
    SourceText source, SourceMark mark, int length, string text, bool isQuoted)
    : JobNode(source, mark, length)
{
    public string Text { get; } = text;

    public bool IsQuoted { get; } = isQuoted;

    public bool IsNull => !IsQuoted && Text is ("" or "~" or "null" or "Null" or "NULL");

    public override string Kind => IsNull ? "nothing" : "a single value";

    public override JobNode Clone() => this;
}
