using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Network;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>The network of a job and its coordinator, which runs on a thread of its own beside the
/// reader of the workers' pipes.
/// <code>
/// worker ── Hello ──> WorkerLine ┐
/// worker <── Grant, frames ──    ├── ClusterCoordinator ── INetworkModel
/// worker ── Reached, frames ───> ┘
/// </code></summary>
internal sealed class ClusterRun : IDisposable
{
    /// <summary>For a worker's first word; that it died is noticed sooner.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly Job _job;
    private readonly ZeroMqContext _context = new();
    private readonly ResultFolder _results;
    private readonly string _folder;
    private readonly List<WorkerLine> _lines = [];
    private readonly List<string> _endpoints = [];
    private readonly INetworkModel _network;
    private readonly WireNetwork? _peer;
    private readonly TimedTransport? _peerTime;
    private readonly FrameCapture? _capture;
    private readonly EdgeCapture? _edges;
    private readonly Thread _thread;
    private volatile ClusterCoordinator? _coordinator;
    private volatile AwaitedWorker? _awaited;
    private volatile bool _stopRequested;
    private volatile bool _standRequested;
    private volatile bool _stands;
    private volatile Exception? _failure;
    private Action _abort = () => { };

    private ClusterRun(
        Job job,
        IReadOnlyList<IReadOnlyList<int>> workers,
        ResultFolder results,
        HostGroup? hosts)
    {
        _job = job;
        _results = results;
        _folder = Directory.CreateTempSubdirectory("dilaton-net-").FullName;
        if (job.Network!.Kind == NetworkKind.Peer)
        {
            PeerJob peer = job.Peers.First(other => other.Name == job.Network.Peer);
            _peer = PeerFactory.Network(peer, job, hosts?.Keys, out _peerTime);
        }

        _network = _peer ?? NetworkMapping.Model(job);
        _capture = job.Network.Pcap ? new FrameCapture(_network, job, results) : null;
        _edges = job.Network.Pcap && _network is OverlayNetwork overlay
            ? new EdgeCapture(overlay, job, results)
            : null;
        for (int i = 0; i < workers.Count; i++)
        {
            string name = job.Nodes[workers[i][0]].Name;
            bool isHere = HostSpread.IndexOf(job, job.Nodes[workers[i][0]].Host) == 0;
            PeerEndpoint wire = Bind(i, isHere, hosts);
            _endpoints.Add(wire.Endpoint);
            OfferedRing? ring = isHere && job.Sync.Transport == SyncTransport.Ring
                ? new OfferedRing(wire, name)
                : null;
            int worker = i;
            _lines.Add(new WorkerLine(
                workers[i],
                new WireClusterWorker(
                    name, (IMessageTransport?)ring ?? wire, job.Nodes.Count, s_patience, ring),
                round => _awaited = round is { } of ? new AwaitedWorker(worker, of) : null));
        }

        _thread = new Thread(Run) { Name = "coordinator", IsBackground = true };
    }

    /// <summary>Where the network's peer finds it; null: it has none.</summary>
    public string? NetworkEndpoint => _peerTime?.Endpoint;

    /// <summary>How the network's peer failed; null if it did not. After the end.</summary>
    public string? Fault { get; private set; }

    /// <summary>Which worker the coordinator waits for now. Any thread.</summary>
    public AwaitedWorker? Awaited => _awaited;

    /// <summary>All nodes stand, between two rounds, as was asked. Any thread.</summary>
    public bool Stands => _stands;

    /// <summary>Host time.</summary>
    public double NetworkWaitSeconds => _peerTime?.WaitSeconds ?? 0;

    /// <summary>Host time for which the coordinator has waited for a worker. Any thread.</summary>
    public double AwaitedSeconds(int worker) => _lines[worker].AwaitedSeconds;

    /// <returns>Null if the job has no network.</returns>
    /// <param name="hosts">Null: all of the job runs here.</param>
    public static ClusterRun? Prepare(
        Job job,
        IReadOnlyList<IReadOnlyList<int>> workers,
        ResultFolder folder,
        HostGroup? hosts) =>
        job.Network is null ? null : new ClusterRun(job, workers, folder, hosts);

    public ClusterPlace PlaceOf(int worker) =>
        new(_endpoints[worker], [.. _job.Nodes.Select(other => other.Name)]);

    /// <param name="abort">Ends all workers at once: a defect of ours ended the coordinator.
    /// </param>
    public void Start(Action abort)
    {
        _abort = abort;
        _thread.Start();
    }

    /// <summary>A worker is gone. Any thread.</summary>
    public void TellEnded(int worker) => _lines[worker].TellEnded("is gone");

    /// <summary>The process of the network's peer is gone: the run ends, also while no frame is on
    /// its way. Any thread.</summary>
    public void TellNetworkEnded(string how)
    {
        _peer?.TellEnded(how);
        _coordinator?.RequestStop();
    }

    /// <summary>Ends the run before the next round. Any thread.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        if (_coordinator is { } coordinator)
        {
            coordinator.RequestStop();
        }
        else
        {
            Abandon();
        }
    }

    /// <summary>Lets all nodes stand before the next round. Any thread.</summary>
    public void RequestStand()
    {
        _standRequested = true;
        _coordinator?.RequestStand(() => _stands = true);
    }

    /// <summary>Lets them go on. Any thread.</summary>
    public void Release()
    {
        _standRequested = false;
        _stands = false;
        _coordinator?.Release();
    }

    /// <summary>Waits for the network's peer no longer. Any thread.</summary>
    public void Abandon() => _peer?.TellEnded("is not waited for any longer");

    /// <summary>The workers are all gone.</summary>
    /// <exception cref="Exception">What ended the coordinator, if it was a defect.</exception>
    public void WaitForEnd()
    {
        _thread.Join();
        _capture?.Finish();
        _edges?.Finish();
        if (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>Of the network and of what kept its nodes together.</summary>
    public IReadOnlyList<Statistic> Statistics()
    {
        StatisticsList list = new();
        list.Add(NetworkChecks.StatisticsPrefix, (IStatisticsSource)_network);
        if (_coordinator is { } coordinator)
        {
            list.Add($"{NetworkChecks.StatisticsPrefix}.sync", coordinator.Statistics);
        }

        return list.Items;
    }

    public void Dispose()
    {
        _capture?.Dispose();
        _edges?.Dispose();
        _lines.ForEach(line => line.Dispose());
        _peer?.Dispose();
        _context.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>TCP of a job on several hosts is always encrypted.</summary>
    private PeerEndpoint Bind(int worker, bool isHere, HostGroup? hosts)
    {
        if (isHere && _job.Sync.Transport != SyncTransport.Tcp)
        {
            return PeerEndpoint.Bind(_context, $"ipc://{_folder}/{worker}");
        }

        string address = isHere ? "127.0.0.1" : hosts!.AddressOf(0);
        return PeerEndpoint.Bind(_context, $"tcp://{address}:*", hosts?.Keys);
    }

    private void Run()
    {
        try
        {
            _lines.ForEach(line => line.Connect(_job.Name));
            VirtualTime time = Coordinate();
            _lines.ForEach(line => line.Finish(time));
            if (Fault is null)
            {
                Guard(() => _peer?.Finish(time));
            }
        }
        catch (Exception e)
        {
            _failure = e;
            _abort();
        }
    }

    /// <returns>When the last node acted, or zero if the network failed: then each node ends where
    /// it is, and keeps what it has.</returns>
    private VirtualTime Coordinate()
    {
        VirtualTime time = VirtualTime.Zero;
        Guard(() =>
        {
            _peer?.Connect();
            ClusterCoordinator coordinator = new(
                _capture ?? _network, _lines, NetworkMapping.Cluster(_job.Sync));
            _coordinator = coordinator;
            if (_stopRequested)
            {
                coordinator.RequestStop();
            }

            if (_standRequested)
            {
                coordinator.RequestStand(() => _stands = true);
            }

            time = coordinator.Run().Time;
            if (_network is OverlayNetwork overlay)
            {
                overlay.TakeCommandsUntil(time);
                _results.Write(
                    ResultFolder.OverlayName,
                    OverlayLog.Of(overlay, [.. _job.Nodes.Select(node => node.Name)]));
            }
        });
        return time;
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (PeerFaultException e)
        {
            Fault = e.Message;
        }
    }
}
