namespace Dilaton.Cli;

/// <summary>What a launch would start and write, in words.</summary>
internal static class LaunchPlan
{
    /// <summary>Stands for the folder that each run makes for its sockets.</summary>
    private const string SocketFolder = "/tmp/dilaton-RUN";

    /// <summary>Stands for what the kernel picks.</summary>
    private const string Port = "PORT";

    public static IReadOnlyList<string> Lines(Job job, string folder)
    {
        ResultFolder results = ResultFolder.Planned(folder);
        List<string> lines =
        [
            $"dry run: nothing is started; results would go to {results.Root}",
            .. HostLines(job),
            .. job.Nodes.Select(node => $"node '{node.Name}'{On(job, node.Host)}: "
                + (node.Isolation == Isolation.Shared ? "a shared" : "a")
                + " worker process, for "
                + Of(node.Guest)),
        ];
        if (job.Network is { Kind: NetworkKind.Peer } network)
        {
            lines.Add($"network: peer '{network.Peer}' carries the frames of all nodes");
        }

        foreach (PeerJob peer in job.Peers)
        {
            AddPeer(lines, job, peer, results);
        }

        return lines;
    }

    private static string Of(GuestJob guest) => guest.System is { } system
        ? $"the system {Quoted([system.Kernel])}"
        : Quoted([guest.Program.Path, .. guest.Program.Args]);

    private static string On(Job job, string? host) =>
        job.Hosts.Count > 1 ? $" on host '{host}'" : "";

    private static IEnumerable<string> HostLines(Job job)
    {
        for (int i = 1; i < job.Hosts.Count; i++)
        {
            HostJob host = job.Hosts[i];
            string here = job.Hosts[0].Address ?? job.Hosts[0].Name;
            bool isManual = HostLaunch.IsManual(host);
            IReadOnlyList<string> command = HostGroup.AgentCommand(
                host, $"tcp://{here}:{Port}", isManual ? "FILE" : KeyFiles.Input);
            yield return $"host '{host.Name}': " + (isManual
                ? $"started by hand, with {Quoted(command)}"
                : Quoted(HostLaunch.Words(host, i, host.Address ?? host.Name, command)));
        }
    }

    /// <summary>A command as a shell takes it.</summary>
    public static string Quoted(IEnumerable<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c)
            || "_-./:=,@%+".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    private static void AddPeer(
        List<string> lines, Job job, PeerJob peer, ResultFolder results)
    {
        string name = $"peer '{peer.Name}'{On(job, peer.Host)}";
        string endpoint = job.Hosts.Count > 1 && SpreadChecks.PartnerOf(job, peer) != peer.Host
            ? $"tcp://{SpreadChecks.PartnerOf(job, peer)}:{Port}"
            : PeerGroup.EndpointOf(peer, SocketFolder);
        string[] where = [$"DILATON_ENDPOINT={endpoint}", $"DILATON_PEER={peer.Name}"];
        switch (peer.Kind)
        {
            case PeerKind.Replay:
                lines.Add($"{name}: nothing is started: {peer.Config} answers");
                return;
            case PeerKind.Manual:
                lines.Add($"{name}: started by hand, with {Quoted(where)}");
                break;
            default:
                string folder = results.PeerFolder(peer.Name);
                PeerJob started = PeerGroup.WithConfig(peer, folder, write: false);
                lines.Add($"{name}: {Quoted([.. where, .. PeerCommand.Of(started, folder)])}");
                lines.Add($"{name}: its output in {PeerGroup.LogOf(folder)}");
                break;
        }

        if (peer.Record is not null)
        {
            lines.Add($"{name}: all messages recorded in {peer.Record}");
        }
    }
}
