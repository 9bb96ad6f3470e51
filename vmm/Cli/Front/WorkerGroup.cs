using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>The workers of a job, one per node, read by one thread.</summary>
internal sealed class WorkerGroup : IDisposable
{
    private readonly List<WorkerProcess> _workers = [];
    private readonly Dictionary<string, int> _ownerOfPeer = new(StringComparer.Ordinal);
    private readonly List<WorkerMessage> _received = [];
    private readonly HostPollItem[] _items;

    private WorkerGroup(Job job)
    {
        _items = new HostPollItem[job.Nodes.Count];
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            foreach ((string _, string peer) in PeersReader.Named(job.Nodes[i].Memory))
            {
                _ownerOfPeer[peer] = i;
            }
        }
    }

    public IReadOnlyList<int> ProcessIds => [.. _workers.Select(worker => worker.ProcessId)];

    /// <summary>Must be called on the process's first thread: the workers die with it.</summary>
    /// <param name="paths">Key path of each node in the job as given.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The host gives no more processes.
    /// </exception>
    /// <param name="cluster">Null: the job has no network.</param>
    public static WorkerGroup Start(
        Job job, IReadOnlyList<string> paths, ResultFolder folder, ClusterRun? cluster)
    {
        WorkerGroup group = new(job);
        try
        {
            for (int i = 0; i < job.Nodes.Count; i++)
            {
                NodeJob node = job.Nodes[i];
                NodePlace place = new(
                    i,
                    job.Nodes.Count,
                    paths[i],
                    folder.NodePath(node.Name),
                    cluster?.PlaceOf(i));
                group._workers.Add(WorkerProcess.Start(OfNode(job, node), place));
            }
        }
        catch
        {
            group.Kill();
            group.Dispose();
            throw;
        }

        return group;
    }

    /// <summary>Waits until a worker tells something or ends, or for a while.</summary>
    /// <param name="ended">Takes the nodes whose workers are gone since the last call.</param>
    /// <returns>False once all are gone.</returns>
    public bool Read(
        int timeoutMs, ICollection<(int Node, WorkerMessage Message)> messages,
        ICollection<int> ended)
    {
        for (int i = 0; i < _items.Length; i++)
        {
            _items[i] = new HostPollItem(_workers[i].Descriptor);
        }

        HostPoll.WaitReadable(_items, timeoutMs);
        for (int i = 0; i < _items.Length; i++)
        {
            if (!_items[i].IsReady)
            {
                continue;
            }

            _received.Clear();
            bool isOpen = _workers[i].Receive(_received);
            foreach (WorkerMessage message in _received)
            {
                messages.Add((i, message));
            }

            if (!isOpen)
            {
                ended.Add(i);
            }
        }

        return _workers.Exists(worker => worker.Descriptor >= 0);
    }

    /// <returns>The worker's exit code; 128 + signal if one killed it.</returns>
    public int WaitForExit(int node) => _workers[node].WaitForExit();

    /// <summary>Asks all to end at their next slice end. Any thread.</summary>
    public void RequestStop() => _workers.ForEach(worker => worker.RequestStop());

    /// <summary>A peer's process is gone. Any thread.</summary>
    public void TellPeerEnded(string peer, string how) =>
        _workers[_ownerOfPeer[peer]].TellPeerEnded($"{peer} {how}");

    /// <summary>Ends all at once. Any thread.</summary>
    public void Kill() => _workers.ForEach(worker => worker.Kill());

    public void Dispose() => _workers.ForEach(worker => worker.Dispose());

    /// <summary>The job as a node's worker needs it: with nobody else's nodes and peers.
    /// What carries its frames is the front's affair.</summary>
    private static Job OfNode(Job job, NodeJob node) => job with
    {
        Nodes = [node],
        Network = job.Network is { Kind: NetworkKind.Peer } network
            ? network with { Kind = NetworkKind.Star, Peer = null }
            : job.Network,
        Peers =
        [
            .. job.Peers.Where(
                peer => PeersReader.Named(node.Memory).Any(named => named.Name == peer.Name)),
        ],
    };
}
