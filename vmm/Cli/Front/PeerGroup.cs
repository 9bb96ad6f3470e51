using System.Globalization;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>All peers of a job, from before the workers to after them.</summary>
internal sealed class PeerGroup : IDisposable
{
    private const int LogLines = 12;
    private const int SignalMax = 64;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_impatience = TimeSpan.FromSeconds(1);

    private readonly List<IPeerProcess> _processes = [];
    private readonly string? _socketFolder;
    private readonly Dictionary<string, string> _endpoints = [];
    private readonly ResultFolder _folder;
    private readonly HostGroup? _hosts;
    private readonly List<Task> _endings = [];
    private WorkerGroup? _workers;
    private ClusterRun? _cluster;

    /// <param name="hosts">Null: all of the job runs here.</param>
    public PeerGroup(Job job, ResultFolder folder, HostGroup? hosts)
    {
        _folder = folder;
        _hosts = hosts;
        if (job.Peers.Any(peer => peer.Endpoint is null || peer.Ranks > 1))
        {
            _socketFolder = Directory.CreateTempSubdirectory("dilaton-").FullName;
        }

        foreach (PeerJob peer in job.Peers)
        {
            _endpoints[peer.Name] = peer.Endpoint is null && hosts is not null
                ? EndpointOf(job, peer, hosts, _socketFolder!)
                : EndpointOf(peer, _socketFolder);
        }

        Job = job with
        {
            Peers = [.. job.Peers.Select(peer => peer with { Endpoint = _endpoints[peer.Name] })],
        };
    }

    /// <summary>Where worker and peer meet.</summary>
    public static string EndpointOf(PeerJob peer, string? socketFolder) =>
        peer.Endpoint ?? $"ipc://{socketFolder}/{peer.Name}";

    /// <summary>A graph of the job becomes a file in the peer's folder.</summary>
    public static PeerJob WithConfig(PeerJob peer, string folder, bool write)
    {
        if (peer.Graph is null)
        {
            return peer;
        }

        string path = Path.Combine(folder, SstGraphBuilder.FileName);
        if (write)
        {
            File.WriteAllText(path, SstGraphBuilder.Build(peer.Graph));
        }

        return peer with { Config = path };
    }

    public static string LogOf(string folder) => Path.Combine(folder, "log.txt");

    /// <summary>The job as the workers must know it: with the endpoints of this run.</summary>
    public Job Job { get; }

    /// <summary>Starts those that are started; must be called on the process's first thread.
    /// </summary>
    /// <param name="cluster">Null: the job has no network.</param>
    public void Start(WorkerGroup workers, ClusterRun? cluster, bool quiet)
    {
        _workers = workers;
        _cluster = cluster;
        foreach (PeerJob peer in Job.Peers)
        {
            string endpoint = _endpoints[peer.Name];
            if (peer.Name == Job.Network?.Peer)
            {
                endpoint = cluster!.NetworkEndpoint!;
            }

            if (peer.Kind == PeerKind.Replay || EndpointAddress.HasOpenPort(endpoint))
            {
                continue;
            }

            if (peer.Kind == PeerKind.Manual)
            {
                Console.Error.WriteLine(
                    $"dilaton: waiting for peer '{peer.Name}': start it with "
                    + $"DILATON_ENDPOINT={endpoint} DILATON_PEER={peer.Name}");
                continue;
            }

            Start(peer, endpoint, quiet);
        }
    }

    /// <summary>Starts a peer on another host than its worker, if that tells that it listens. Must
    /// be called on the process's first thread.</summary>
    public void Take(WorkerMessage message, bool quiet)
    {
        if (message is { Kind: WorkerMessageKind.Listening, Lines: [string name, string endpoint] }
            && Job.Peers.FirstOrDefault(peer => peer.Name == name) is { } peer)
        {
            Start(peer, endpoint, quiet);
        }
    }

    /// <summary>Who asks a peer is gone, such as a node's worker: the peer ends by itself, or is
    /// ended, while the other nodes go on.</summary>
    /// <param name="inPeace">The run's end was said to the peer.</param>
    public void EndOf(string? peer, bool inPeace)
    {
        if (_processes.Find(process => process.Name == peer) is { } process)
        {
            _endings.Add(Task.Run(() => process.End(inPeace ? s_patience : s_impatience)));
        }
    }

    /// <summary>Waits for the end of all peers, which were all told.</summary>
    public void WaitForEnd() => Task.WaitAll(_endings);

    /// <summary>How the peers ended that did not end well, with their last lines.</summary>
    public IReadOnlyList<string> Troubles()
    {
        List<string> lines = [];
        foreach (IPeerProcess process in _processes)
        {
            if (process.HasExited && process.ExitCode != 0)
            {
                lines.Add($"peer '{process.Name}' {EndOf(process)}; its last lines:");
                lines.AddRange(process.LastLines(LogLines).Select(line => $"  {line}"));
            }
        }

        return lines;
    }

    public void Dispose()
    {
        foreach (IPeerProcess process in _processes)
        {
            process.Dispose();
        }

        if (_socketFolder is not null)
        {
            Directory.Delete(_socketFolder, recursive: true);
        }
    }

    /// <summary>On one host a socket file; between two the address of who listens.</summary>
    private static string EndpointOf(
        Job job, PeerJob peer, HostGroup hosts, string socketFolder)
    {
        int host = HostSpread.IndexOf(job, peer.Host);
        int partner = HostSpread.IndexOf(job, SpreadChecks.PartnerOf(job, peer));
        return host != partner
            ? $"tcp://{hosts.AddressOf(partner)}:*"
            : EndpointOf(peer, host == 0 ? socketFolder : hosts.SocketFolderOf(host));
    }

    private void Start(PeerJob peer, string endpoint, bool quiet)
    {
        string folder = _folder.PeerFolder(peer.Name);
        Directory.CreateDirectory(folder);
        int host = HostSpread.IndexOf(Job, peer.Host);
        bool isAcross = EndpointAddress.HasOpenPort(_endpoints[peer.Name]);
        IReadOnlyList<string> command =
            PeerCommand.Of(WithConfig(peer, folder, write: true), folder);
        Dictionary<string, string?> environment =
            PeerCommand.Environment(peer, endpoint, isAcross ? _hosts!.KeyFile : null);
        if (peer.Ranks > 1)
        {
            MpiRun.AddScratch(environment, host == 0 ? _socketFolder! : _hosts!.SocketFolderOf(host));
        }

        IPeerProcess process = host == 0
            ? PeerProcess.Start(peer.Name, command, environment, LogOf(folder), Ended)
            : _hosts!.StartPeer(
                host, peer.Name, new HostPeer(LogOf(folder), command, environment), Ended);
        _processes.Add(process);
        if (!quiet)
        {
            Console.Error.WriteLine(
                $"dilaton: peer '{peer.Name}': {process.Where}, output in {LogOf(folder)}");
        }
    }

    private static string EndOf(IPeerProcess process) => process.ExitCode is > 128 and <= 128 + SignalMax
        ? $"died by {SignalNames.Of(process.ExitCode - 128)}"
        : string.Create(CultureInfo.InvariantCulture, $"ended with code {process.ExitCode}");

    private void Ended(IPeerProcess process)
    {
        if (process.Name == Job.Network?.Peer)
        {
            _cluster?.TellNetworkEnded(EndOf(process));
        }
        else
        {
            _workers?.TellPeerEnded(process.Name, EndOf(process));
        }
    }
}
