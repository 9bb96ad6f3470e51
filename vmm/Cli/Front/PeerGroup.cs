using System.Globalization;

namespace Dilaton.Cli;

/// <summary>All peers of a job, from before the workers to after them.</summary>
internal sealed class PeerGroup : IDisposable
{
    private const int LogLines = 12;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_impatience = TimeSpan.FromSeconds(1);

    private readonly List<PeerProcess> _processes = [];
    private readonly string? _socketFolder;
    private readonly Dictionary<string, string> _endpoints = [];
    private readonly ResultFolder _folder;
    private readonly List<Task> _endings = [];
    private WorkerGroup? _workers;
    private ClusterRun? _cluster;

    public PeerGroup(Job job, ResultFolder folder)
    {
        _folder = folder;
        if (job.Peers.Any(peer => peer.Endpoint is null))
        {
            _socketFolder = Directory.CreateTempSubdirectory("dilaton-").FullName;
        }

        foreach (PeerJob peer in job.Peers)
        {
            _endpoints[peer.Name] = EndpointOf(peer, _socketFolder);
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
            if (peer.Kind == PeerKind.Replay)
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

            string folder = _folder.PeerFolder(peer.Name);
            Directory.CreateDirectory(folder);
            PeerProcess process = PeerProcess.Start(
                peer.Name,
                PeerCommand.Of(WithConfig(peer, folder, write: true), folder),
                PeerCommand.Environment(peer, endpoint),
                LogOf(folder),
                Ended);
            _processes.Add(process);
            if (!quiet)
            {
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"dilaton: peer '{peer.Name}': {process.ProcessId}, "
                        + $"output in {LogOf(folder)}"));
            }
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
        foreach (PeerProcess process in _processes)
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
        foreach (PeerProcess process in _processes)
        {
            process.Dispose();
        }

        if (_socketFolder is not null)
        {
            Directory.Delete(_socketFolder, recursive: true);
        }
    }

    private static string EndOf(PeerProcess process) => process.ExitCode > 128
        ? $"died by {SignalNames.Of(process.ExitCode - 128)}"
        : string.Create(CultureInfo.InvariantCulture, $"ended with code {process.ExitCode}");

    private void Ended(PeerProcess process)
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
