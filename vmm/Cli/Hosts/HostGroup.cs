using System.Globalization;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>The other hosts of a job, from before its workers to after them: each has an agent, which
/// a command of the operator's started, and which starts workers and peers there.</summary>
internal sealed class HostGroup : IDisposable
{
    private const int LogLines = 6;

    /// <summary>For agents that were told the end.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly List<HostLine> _lines = [];
    private readonly ZeroMqContext _context = new();
    private readonly HostTalk _talk;
    private readonly string _folder;
    private readonly Job _job;
    private readonly ResultFolder _results;

    /// <exception cref="HostException">What the hosts need is not here.</exception>
    private HostGroup(Job job, ResultFolder results)
    {
        _job = job;
        _results = results;
        if (!CurveKeys.CanBeMade())
        {
            throw new HostException(
                DiagnosticCode.HostAddress,
                "hosts: this host's libzmq has no encryption (CURVE), without which nothing leaves a "
                    + "host",
                "install a libzmq that was built with libsodium");
        }

        Keys = CurveKeys.Make();
        for (int i = 0; i < job.Hosts.Count; i++)
        {
            _lines.Add(new HostLine(job.Hosts[i], i, HostAddresses.Of(job.Hosts[i], i)));
        }

        try
        {
            _talk = new HostTalk(_context, Keys, _lines, Marks);
        }
        catch (TransportException e)
        {
            _context.Dispose();
            throw new HostException(
                DiagnosticCode.HostAddress,
                $"hosts[0]: nothing can listen at {_lines[0].Address}: {e.Message}",
                "address is that by which the other hosts reach this one");
        }

        _folder = Directory.CreateTempSubdirectory("dilaton-hosts-").FullName;
        KeyFile = KeyFiles.Write(_folder, Keys);
    }

    public CurveKeys Keys { get; }

    /// <summary>For peers of this host: nobody else can read it.</summary>
    public string KeyFile { get; }

    /// <summary>Starts the agents of the other hosts, and waits for them. Must be called on the
    /// process's first thread, with which what it starts dies.</summary>
    /// <returns>Null if all of the job runs here.</returns>
    /// <exception cref="HostException">One does not come, or does not fit.</exception>
    public static HostGroup? Start(Job job, ResultFolder results, bool quiet)
    {
        if (job.Hosts.Count < 2)
        {
            return null;
        }

        HostGroup group = new(job, results);
        try
        {
            foreach (HostLine line in group._lines.Skip(1))
            {
                group.Launch(line, quiet);
            }

            foreach (HostLine line in group._lines.Skip(1))
            {
                group.Await(line);
            }

            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    public string AddressOf(int host) => _lines[host].Address;

    /// <summary>Where sockets of a host other than this one lie.</summary>
    public string SocketFolderOf(int host) => _lines[host].Hello!.SocketFolder;

    /// <param name="worker">Its number among the job's workers.</param>
    /// <param name="part">Its place and its job.</param>
    public RemoteWorker StartWorker(int host, int worker, byte[] part)
    {
        HostLine line = _lines[host];
        RemoteWorker remote = new(
            worker.ToString(CultureInfo.InvariantCulture), message => _talk.Send(line, message));
        _talk.Add(line, remote);
        _talk.Send(line, new HostMessage(HostWord.Start, remote.Id, part));
        return remote;
    }

    /// <param name="exited">Called once it is gone, on any thread.</param>
    public RemotePeer StartPeer(
        int host, string name, HostPeer peer, Action<IPeerProcess> exited)
    {
        HostLine line = _lines[host];
        RemotePeer remote = new(
            name, line.Job.Name, peer.LogPath, message => _talk.Send(line, message), exited);
        _talk.Add(line, remote);
        _talk.Send(line, new HostMessage(HostWord.Peer, name, peer.ToText()));
        return remote;
    }

    /// <summary>Says that the run is over, and waits for the agents' end.</summary>
    public void Dispose()
    {
        foreach (HostLine line in _lines.Skip(1))
        {
            _talk.Send(line, new HostMessage(HostWord.Bye));
        }

        _talk.Dispose();
        _context.Dispose();
        foreach (HostLine line in _lines.Where(line => line.Launcher is not null))
        {
            bool isTold = line.Hello is not null && line.Loss is null;
            line.Launcher!.End(isTold ? s_patience : TimeSpan.Zero);
            line.Launcher.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What would be started for a host.</summary>
    /// <param name="endpoint">Where the agent finds this host.</param>
    public static IReadOnlyList<string> AgentCommand(HostJob host, string endpoint, string keyFile) =>
    [
        .. host.Program is { } program ? [program]
            : OwnCommand.Script is { } script ? [script] : OwnCommand.Words,
        "join", endpoint, "--host", host.Name, "--key-file", keyFile,
    ];

    private void Launch(HostLine line, bool quiet)
    {
        HostJob host = line.Job;
        string seen = SeenFile(line);
        Directory.CreateDirectory(Path.GetDirectoryName(seen)!);
        File.WriteAllText(seen, $"{Keys.Public}\n");
        if (HostLaunch.IsManual(host))
        {
            string command =
                LaunchPlan.Quoted(AgentCommand(host, _talk.Endpoint, KeyFile));
            Console.Error.WriteLine(
                $"dilaton: waiting for host '{host.Name}': start there, with a copy of the key file "
                    + $"that nobody else can read: {command}");
            return;
        }

        IReadOnlyList<string> words = HostLaunch.Words(
            host, line.Index, line.Address, AgentCommand(host, _talk.Endpoint, KeyFiles.Input));
        line.Launcher = PeerProcess.Start(
            host.Name,
            words,
            new Dictionary<string, string?>(),
            LogOf(line),
            process => _talk.Lose(line, () => EndOf(process)),
            input: $"{Keys.ToLine()}\n");
        if (!quiet)
        {
            Console.Error.WriteLine(
                $"dilaton: host '{host.Name}': {LaunchPlan.Quoted(words)}, output in {LogOf(line)}");
        }
    }

    /// <summary>Until it is ready.</summary>
    private void Await(HostLine line)
    {
        string name = $"host '{line.Job.Name}' ({line.Address})";
        if (!_talk.Await(line, TimeSpan.FromSeconds(line.Job.Timeout.Picoseconds / 1e12)))
        {
            throw new HostException(
                DiagnosticCode.HostNotJoined,
                $"{name} did not come within {line.Job.Timeout}{LastLines(line.Launcher)}",
                $"it must reach {_talk.Endpoint}; hosts[].timeout is how long it may take");
        }

        if (line.Loss is { } loss)
        {
            throw new HostException(
                DiagnosticCode.HostNotJoined, $"{name} does not take part: {loss}");
        }

        if (line.Differences!.Length > 0)
        {
            throw new HostException(
                DiagnosticCode.HostFile,
                string.Join("; ", line.Differences.Split('\n').Select(text => $"{name} {text}")),
                "all hosts must see the result folder, and the job's files under the same paths");
        }
    }

    private string Marks(HostLine line) =>
        SharedFiles.Marks([SeenFile(line), .. SharedFiles.Of(_job, line.Job.Name)]);

    private string LogOf(HostLine line) =>
        _results.PathOf($"{ResultFolder.HostsFolder}/{line.Job.Name}/log.txt");

    /// <summary>Whose sight shows that a host sees the result folder.</summary>
    private string SeenFile(HostLine line) =>
        _results.PathOf($"{ResultFolder.HostsFolder}/{line.Job.Name}/seen");

    private static string EndOf(PeerProcess process) =>
        $"what started Dilaton there ended with code {process.ExitCode}{LastLines(process)}";

    private static string LastLines(PeerProcess? process) =>
        process?.LastLines(LogLines) is { Count: > 0 } lines
            ? $"; its last lines: {string.Join(" / ", lines)}"
            : "";
}
