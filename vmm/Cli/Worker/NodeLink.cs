namespace Dilaton.Cli;

/// <summary>A node's way to the front: its worker's pipe, which it may share.</summary>
/// <param name="node">Its number in the job.</param>
internal sealed class NodeLink(WorkerLink link, int node)
{
    public void Send(WorkerMessage message) => link.Send(message with { Node = node });
}
