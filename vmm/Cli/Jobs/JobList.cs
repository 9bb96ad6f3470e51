namespace Dilaton.Cli;

internal sealed class JobList(SourceText source, SourceMark mark, int length)
    : JobNode(source, mark, length)
{
    public List<JobNode> Items { get; } = [];

    public override string Kind => "a list";

    public override JobNode Clone()
    {
        JobList copy = new(Source, Mark, Length);
        copy.Items.AddRange(Items.Select(item => item.Clone()));
        return copy;
    }
}
