using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads and checks `hosts`, and who is put on them.</summary>
internal static class HostsReader
{
    /// <summary>Each is a process, a connection and a place in messages.</summary>
    public const int HostsMax = 64;

    private static readonly VirtualDuration s_timeoutMin = VirtualDuration.FromSeconds(1);
    private static readonly VirtualDuration s_timeoutMax = VirtualDuration.FromSeconds(86_400);

    public static List<HostJob> Read(MapReader job, DiagnosticBag bag)
    {
        List<HostJob> hosts = [];
        foreach ((JobNode item, string path) in job.Items("hosts"))
        {
            HostJob host = ReadHost(MapReader.Open(item, item, path, bag), hosts.Count);
            if (hosts.Exists(other => other.Name == host.Name))
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    item,
                    $"{path}.name: '{host.Name}' is the name of another host already");
            }

            hosts.Add(host);
            if (hosts.Count == HostsMax + 1)
            {
                bag.Error(
                    DiagnosticCode.OutOfRange,
                    item,
                    $"hosts: more than {HostsMax} are out of range");
            }
        }

        return hosts;
    }

    /// <summary>Every host that is named exists.</summary>
    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        string[] names = [.. job.Hosts.Select(host => host.Name)];
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            Require(job.Nodes[i].Host, $"nodes[{i}].host", At(root, "nodes", i));
        }

        for (int i = 0; i < job.Peers.Count; i++)
        {
            Require(job.Peers[i].Host, $"peers[{i}].host", At(root, "peers", i));
        }

        if (names.Length > 0 && job.Sweep is not null)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                (root as JobMap)?.Find("hosts")?.Value ?? root,
                "hosts: each point of a sweep runs on one host",
                "leave hosts out; `dilaton sweep --executor slurm` runs the points on many");
        }

        void Require(string? name, string key, JobNode at)
        {
            if (name is not null && !names.Contains(name))
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"{key}: there is no host '{name}'",
                    names.Length == 0 ? "add it under hosts:" : Spelling.Help(name, names));
            }
        }
    }

    private static HostJob ReadHost(MapReader map, int index)
    {
        if (!map.Has("name"))
        {
            map.Missing("name");
        }

        HostJob host = new()
        {
            Name = map.Name("name", "host", "_.-"),
            Address = map.OptionalText("address"),
            Launch = map.OptionalText("launch"),
            Program = map.OptionalText("program"),
            Timeout = map.Value<VirtualDuration>(
                "timeout", VirtualDuration.FromSeconds(60), Quantity.TryParseDuration),
        };
        if (index == 0 && host.Launch is not null)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "launch",
                "the first host is the one that `dilaton launch` is started on",
                "leave it out");
        }
        else if (HostLaunch.Mistake(host) is { } mistake)
        {
            map.Error(
                DiagnosticCode.NotAChoice,
                "launch",
                mistake,
                "ssh, srun, none, or a command such as: ssh -p 2222 {address} {quoted}");
        }

        if (host.Timeout < s_timeoutMin || host.Timeout > s_timeoutMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "timeout",
                $"{host.Timeout} is out of range (1s to 24h)");
        }

        map.Done();
        return host;
    }

    private static JobNode At(JobNode root, string list, int index) =>
        (root as JobMap)?.Find(list)?.Value is JobList items && index < items.Items.Count
            ? (items.Items[index] as JobMap)?.Find("host")?.Value ?? items.Items[index]
            : root;
}
