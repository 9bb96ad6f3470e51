namespace Dilaton.Cli;

/// <summary>What a worker needs to know of its job beside the part that it gets.</summary>
/// <param name="Nodes">Of the nodes that it runs, in the order of that part.</param>
internal sealed record WorkerPlace(IReadOnlyList<NodePlace> Nodes)
{
    public bool IsShared => Nodes.Count > 1;
}
