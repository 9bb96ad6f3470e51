using System.Globalization;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>The workers of a job, read by one thread.</summary>
internal sealed class WorkerGroup : IDisposable
{
    private readonly List<IWorkerProcess> _workers = [];
    private readonly Dictionary<string, int> _ownerOfPeer = new(StringComparer.Ordinal);
    private readonly List<WorkerMessage> _received = [];
    private readonly HashSet<int> _broken = [];

    private WorkerGroup(Job job, IReadOnlyList<IReadOnlyList<int>> layout)
    {
        Layout = layout;
        for (int i = 0; i < layout.Count; i++)
        {
            foreach (int node in layout[i])
            {
                foreach ((string _, string peer) in PeersReader.Named(job.Nodes[node].Memory))
                {
                    _ownerOfPeer[peer] = i;
                }
            }
        }
    }

    /// <summary>For each worker its nodes.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Layout { get; }

    public int WorkerOf(int node)
    {
        int worker = 0;
        while (!Layout[worker].Contains(node))
        {
            worker++;
        }

        return worker;
    }

    /// <summary>For each node that of its worker.</summary>
    public IReadOnlyList<int> ProcessIds()
    {
        int[] ids = new int[Layout.Sum(nodes => nodes.Count)];
        for (int i = 0; i < Layout.Count; i++)
        {
            foreach (int node in Layout[i])
            {
                ids[node] = _workers[i].ProcessId;
            }
        }

        return ids;
    }

    /// <summary>Must be called on the process's first thread: the workers die with it.</summary>
    /// <param name="paths">Key path of each node in the job as given.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The host gives no more processes.
    /// </exception>
    /// <param name="layout">For each worker its nodes.</param>
    /// <param name="cluster">Null: the job has no network.</param>
    /// <param name="hosts">Null: all of the job runs here.</param>
    /// <param name="foretold">What is played back.</param>
    /// <param name="gdb">Where the one node waits for a debugger; null: it does not.</param>
    public static WorkerGroup Start(
        Job job,
        IReadOnlyList<string> paths,
        IReadOnlyList<IReadOnlyList<int>> layout,
        ResultFolder folder,
        ClusterRun? cluster,
        HostGroup? hosts,
        IReadOnlyList<ControlChange> foretold,
        string? gdb = null)
    {
        WorkerGroup group = new(job, layout);
        try
        {
            for (int i = 0; i < layout.Count; i++)
            {
                ClusterPlace? inCluster = cluster?.PlaceOf(i);
                WorkerPlace place = new(
                [
                    .. layout[i].Select(node => new NodePlace(
                        node,
                        job.Nodes.Count,
                        paths[node],
                        folder.NodePath(job.Nodes[node].Name),
                        inCluster,
                        hosts?.Keys)
                    {
                        Foretold = ControlChange.Of(job.Nodes[node].Name, foretold),
                        Gdb = gdb,
                    }),
                ]);
                Job part = PartOf(job, layout[i]);
                int host = HostSpread.IndexOf(job, job.Nodes[layout[i][0]].Host);
                group._workers.Add(host == 0
                    ? WorkerProcess.Start(part, place)
                    : hosts!.StartWorker(host, i, WorkerStart.Part(part, place)));
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
    /// <param name="others">Descriptors that end the wait too; below 0: left out.</param>
    /// <param name="ended">Takes the workers that are gone since the last call.</param>
    /// <returns>False once all are gone.</returns>
    public bool Read(
        int timeoutMs,
        IEnumerable<int> others,
        ICollection<(int Node, WorkerMessage Message)> messages,
        ICollection<int> ended)
    {
        HostPollItem[] items =
        [
            .. _workers.Select(worker => worker.Descriptor).Concat(others)
                .Select(descriptor => new HostPollItem(descriptor)),
        ];
        HostPoll.WaitReadable(items, timeoutMs);
        for (int i = 0; i < _workers.Count; i++)
        {
            if (!items[i].IsReady)
            {
                continue;
            }

            _received.Clear();
            bool isOpen = _workers[i].Receive(_received);
            foreach (WorkerMessage message in _received.Where(message => Layout[i].Contains(message.Node)))
            {
                messages.Add((message.Node, message));
            }

            if (_workers[i].IsBroken || _received.Exists(message => !Layout[i].Contains(message.Node)))
            {
                _broken.Add(i);
                _workers[i].Kill();
            }

            if (!isOpen)
            {
                ended.Add(i);
            }
        }

        return _workers.Exists(worker => worker.Descriptor >= 0);
    }

    /// <returns>The worker's exit code; 128 + signal if one killed it.</returns>
    public int WaitForExit(int worker) => _workers[worker].WaitForExit();

    /// <summary>How a worker was lost with its host; null: it was not.</summary>
    public string? LossOf(int worker) => _workers[worker].Loss;

    /// <summary>It said what no worker says, and was ended for it.</summary>
    public bool IsBroken(int worker) => _broken.Contains(worker);

    /// <summary>It has not ended.</summary>
    public bool IsOpen(int worker) => _workers[worker].Descriptor >= 0;

    /// <summary>Asks all to end at their next slice end. Any thread.</summary>
    public void RequestStop() => _workers.ForEach(worker => worker.RequestStop());

    /// <summary>Lets the nodes of all stand. Any thread.</summary>
    public void Stand() => _workers.ForEach(worker => worker.Say(WorkerCommand.Stand));

    /// <summary>Lets them go on. Any thread.</summary>
    public void Release() => _workers.ForEach(worker => worker.Say(WorkerCommand.Go));

    /// <summary>Tells a node, which stands, its rates. Any thread.</summary>
    public void ChangeRates(int node, VirtualTime at, Ratio factor) =>
        _workers[WorkerOf(node)].Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{WorkerCommand.Rates} {node} {at.Picoseconds} {RatioText.Format(factor)}"));

    /// <summary>A peer's process is gone. Any thread.</summary>
    public void TellPeerEnded(string peer, string how) =>
        _workers[_ownerOfPeer[peer]].TellPeerEnded($"{peer} {how}");

    /// <summary>Ends one at once. Any thread.</summary>
    public void Kill(int worker) => _workers[worker].Kill();

    /// <summary>Ends all at once. Any thread.</summary>
    public void Kill() => _workers.ForEach(worker => worker.Kill());

    public void Dispose() => _workers.ForEach(worker => worker.Dispose());

    /// <summary>The job as a worker needs it: with nobody else's nodes and peers.
    /// What carries its frames is the front's affair.</summary>
    private static Job PartOf(Job job, IReadOnlyList<int> nodes) => job with
    {
        Nodes = [.. nodes.Select(node => job.Nodes[node] with { Host = null })],
        Hosts = [],
        Network = job.Network is { Kind: NetworkKind.Peer } network
            ? network with { Kind = NetworkKind.Star, Peer = null }
            : job.Network,
        Peers =
        [
            .. job.Peers.Where(
                peer => nodes.Any(node => PeersReader.Named(job.Nodes[node].Memory)
                    .Any(named => named.Name == peer.Name)))
                .Select(peer => peer with { Host = null }),
        ],
    };
}
