namespace Dilaton.Cli;

/// <summary>A piece of a job as written, with its place: what the binder reads.</summary>
internal abstract class JobNode(SourceText source, SourceMark mark, int length)
{
    public SourceText Source { get; } = source;

    public SourceMark Mark { get; } = mark;

    /// <summary>Characters to underline.</summary>
    public int Length { get; } = length;

    /// <summary>What it is, for messages.</summary>
    public abstract string Kind { get; }

    /// <summary>A copy that can be changed without changing this.</summary>
    public abstract JobNode Clone();
}
