using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>The network of a job and its coordinator, which runs on a thread of its own beside the
/// reader of the workers' pipes.
/// <code>
/// worker ── Hello ──> NodeLine ┐
/// worker <── Grant, frames ──  ├── ClusterCoordinator ── INetworkModel
/// worker ── Reached, frames ─> ┘
/// </code></summary>
internal sealed class ClusterRun : IDisposable
{
    /// <summary>For a worker's first word; that it died is noticed sooner.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly Job _job;
    private readonly ZeroMqContext _context = new();
    private readonly string _folder;
    private readonly List<NodeLine> _lines = [];
    private readonly List<string> _endpoints = [];
    private readonly INetworkModel _network;
    private readonly FrameCapture? _capture;
    private readonly ClusterCoordinator _coordinator;
    private readonly Thread _thread;
    private volatile Exception? _failure;
    private Action _abort = () => { };

    private ClusterRun(Job job, ResultFolder results)
    {
        _job = job;
        _folder = Directory.CreateTempSubdirectory("dilaton-net-").FullName;
        _network = NetworkMapping.Model(job);
        _capture = job.Network!.Pcap ? new FrameCapture(_network, job, results) : null;
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            string endpoint = job.Sync.Transport == SyncTransport.Tcp
                ? "tcp://127.0.0.1:*"
                : $"ipc://{_folder}/{i}";
            PeerEndpoint wire = PeerEndpoint.Bind(_context, endpoint);
            _endpoints.Add(wire.Endpoint);
            string name = job.Nodes[i].Name;
            OfferedRing? ring = job.Sync.Transport == SyncTransport.Ring
                ? new OfferedRing(wire, name)
                : null;
            _lines.Add(new NodeLine(i, new WireClusterWorker(
                name, (IMessageTransport?)ring ?? wire, job.Nodes.Count, s_patience, ring)));
        }

        _coordinator = new ClusterCoordinator(
            _capture ?? _network, _lines, NetworkMapping.Cluster(job.Sync));
        _thread = new Thread(Run) { Name = "coordinator", IsBackground = true };
    }

    /// <returns>Null if the job has no network.</returns>
    public static ClusterRun? Prepare(Job job, ResultFolder folder) =>
        job.Network is null ? null : new ClusterRun(job, folder);

    public ClusterPlace PlaceOf(int node) =>
        new(_endpoints[node], [.. _job.Nodes.Select(other => other.Name)]);

    /// <param name="abort">Ends all workers at once: a defect of ours ended the coordinator.
    /// </param>
    public void Start(Action abort)
    {
        _abort = abort;
        _thread.Start();
    }

    /// <summary>A node's worker is gone. Any thread.</summary>
    public void TellEnded(int node) => _lines[node].TellEnded("is gone");

    /// <summary>Ends the run before the next round. Any thread.</summary>
    public void RequestStop() => _coordinator.RequestStop();

    /// <summary>The workers are all gone.</summary>
    /// <exception cref="Exception">What ended the coordinator, if it was a defect.</exception>
    public void WaitForEnd()
    {
        _thread.Join();
        _capture?.Finish();
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
        list.Add($"{NetworkChecks.StatisticsPrefix}.sync", _coordinator.Statistics);
        return list.Items;
    }

    public void Dispose()
    {
        _capture?.Dispose();
        _lines.ForEach(line => line.Dispose());
        _context.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Run()
    {
        try
        {
            _lines.ForEach(line => line.Connect(_job.Name));
            ClusterResult result = _coordinator.Run();
            _lines.ForEach(line => line.Finish(result.Time));
        }
        catch (Exception e)
        {
            _failure = e;
            _abort();
        }
    }
}
