using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>The nodes of a worker, which one thread runs: with a network as they are granted, without
/// one each to its end, in their order.</summary>
internal sealed class WorkerRun : IDisposable
{
    private readonly List<NodeWorker> _nodes = [];
    private readonly List<GuardedNode> _inRounds = [];
    private readonly ClusterPlace? _cluster;
    private readonly string _name;
    private readonly int _nodeCount;
    private readonly bool _mayUseRing;
    private readonly CurveKeys? _keys;
    private readonly WorkerConfinement _confinement;

    /// <param name="job">With this worker's nodes only.</param>
    public WorkerRun(Job job, WorkerPlace place, WorkerLink link)
    {
        _confinement = new WorkerConfinement(job);
        _cluster = place.Nodes[0].Cluster;
        _keys = place.Nodes[0].Keys;
        _name = job.Nodes[0].Name;
        _nodeCount = place.Nodes[0].Count;
        _mayUseRing = job.Sync.Transport == SyncTransport.Ring;
        for (int i = 0; i < place.Nodes.Count; i++)
        {
            NodePlace at = place.Nodes[i];
            NodeWorker? node = NodeWorker.TryCreate(
                job with { Nodes = [job.Nodes[i]] },
                at,
                place.IsShared,
                new NodeLink(link, at.Index));
            if (node is not null)
            {
                _nodes.Add(node);
            }

            _inRounds.Add(new GuardedNode(at.Index, _cluster is null ? null : node, _confinement));
        }
    }

    /// <summary>Any thread.</summary>
    public void RequestStop() => _nodes.ForEach(node => node.RequestStop());

    /// <summary>The process of a peer is gone. Any thread.</summary>
    /// <param name="what">Its name, a space, and how it ended.</param>
    public void PeerEnded(string what) => _nodes.ForEach(node => node.PeerEnded(what));

    /// <summary>Lets all nodes stand, and says where each does; in a network they do so already. Any
    /// thread.</summary>
    public void Stand()
    {
        if (_cluster is null)
        {
            _nodes.ForEach(node => node.RequestStand(TellStands));
        }
        else
        {
            TellStands();
        }
    }

    /// <summary>Any thread.</summary>
    public void Release() => _nodes.ForEach(node => node.Release());

    /// <summary>While they stand. Any thread.</summary>
    /// <param name="node">Number in the job.</param>
    public void ChangeRates(int node, VirtualTime at, Ratio factor) =>
        _nodes.Find(each => each.Index == node)?.ChangeRates(at, factor);

    public void Run()
    {
        _nodes.RemoveAll(node => !node.TryStart());
        if (_nodes.Count == 0)
        {
            return;
        }

        using ProgressReporter reporter = new(_nodes, _nodeCount);
        if (_cluster is null)
        {
            _confinement.Seal();
            _nodes.ForEach(node => node.RunAlone());
        }
        else
        {
            RunRounds(_cluster);
        }
    }

    public void Dispose() => _nodes.ForEach(node => node.Dispose());

    /// <summary>One of them stands, and with it the thread of all.</summary>
    private void TellStands() => _nodes.ForEach(node => node.TellStands());

    /// <summary>As far as the network's coordinator grants, until it says that the run is over.
    /// </summary>
    private void RunRounds(ClusterPlace cluster)
    {
        try
        {
            new WorkerRounds(_name, cluster, _keys, _mayUseRing).Run(_inRounds);
        }
        catch (PeerFaultException e)
        {
            _nodes.ForEach(node => node.TellFault(e));
            return;
        }

        _nodes.ForEach(node => node.EndRounds());
    }
}
