using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>Lets all nodes of a job stand, and knows which do. In a network first the coordinator
/// stands, between two rounds, and then each worker is asked where its nodes are.</summary>
internal sealed class StandKeeper(RunRecord run, WorkerGroup workers, ClusterRun? cluster)
{
    private readonly NodeStand?[] _stands = new NodeStand?[run.Nodes.Count];
    private bool _hasAsked;

    /// <summary>All nodes that have not ended stand.</summary>
    public bool IsComplete => Enumerable.Range(0, _stands.Length)
        .All(node => _stands[node] is not null || run.Nodes[node].HasFinished);

    public void Begin()
    {
        Array.Clear(_stands);
        _hasAsked = false;
        if (cluster is null)
        {
            workers.Stand();
        }
        else
        {
            cluster.RequestStand();
        }
    }

    /// <summary>Once a turn of the front.</summary>
    public void Step()
    {
        if (!_hasAsked && cluster is { Stands: true })
        {
            _hasAsked = true;
            workers.Stand();
        }
    }

    public void Hear(int node, NodeStand stand) => _stands[node] = stand;

    /// <returns>Null: it has ended.</returns>
    public NodeStand? Of(int node) => run.Nodes[node].HasFinished || _stands[node] is { HasEnded: true }
        ? null
        : _stands[node];

    public void Release()
    {
        workers.Release();
        cluster?.Release();
    }
}
