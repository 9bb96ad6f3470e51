using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>The overlay that a job describes, with all names looked up.</summary>
internal sealed class OverlayPlan
{
    private const string Key = "network.overlay";

    private readonly List<OverlayMistake> _mistakes = [];
    private readonly OverlayScript _script;

    /// <param name="job">With all nodes under their own names.</param>
    /// <param name="network">Its network, dilated or not.</param>
    public OverlayPlan(Job job, NetworkJob network)
    {
        OverlayJob overlay = network.Overlay!;
        Nodes = [.. job.Nodes.Select(node => node.Name)];
        string[] hosts = [.. overlay.Hosts.Select(host => host.Name)];
        _script = new OverlayScript(hosts, [.. overlay.Links.Select(link => link.Name)], Nodes);
        _script.Read(overlay.Routes);
        Options = NetworkDefaults.Overlay with
        {
            Hosts = [.. overlay.Hosts.Select((host, i) => new OverlayHostOptions
            {
                Name = host.Name,
                Ports = [.. host.Nodes.SelectMany((node, k) => PortsOf(node, i, k))],
            })],
            Edges = [.. overlay.Links.Select((link, i) => new OverlayEdgeOptions
            {
                Name = link.Name,
                First = HostOf(hosts, link, i, 0),
                Second = HostOf(hosts, link, i, 1),
                Link = NetworkMapping.Link(link.Over(network.Link)),
            })],
            Access = NetworkMapping.Link(network.Link),
            ForwardingLatency = network.Switch.Latency,
            Learning = overlay.Learning,
            Ageing = overlay.Ageing,
            Hops = overlay.Hops,
            DropsDuplicates = overlay.Duplicates == DuplicatesChoice.Drop,
            Commands = [.. _script.Commands.Select(command => command.Command)],
            Seed = (ulong)job.Seed,
        };
        Options = Options with { Links = Changes(network) };
        if (_mistakes.Count == 0 && _script.Mistakes.Count == 0)
        {
            Check(job.Nodes.Count, network);
        }

        _mistakes.AddRange(_script.Mistakes);
    }

    /// <summary>Names of the nodes, by port.</summary>
    public IReadOnlyList<string> Nodes { get; }

    /// <summary>Makes sense if there is no mistake.</summary>
    public OverlayOptions Options { get; }

    public IReadOnlyList<OverlayMistake> Mistakes => _mistakes;

    private void Add(string key, string why, string help) =>
        _mistakes.Add(new OverlayMistake(key, why, help, null));

    private int[] PortsOf(string name, int host, int item)
    {
        int[] ports = name.EndsWith('*')
            ? [.. Enumerable.Range(0, Nodes.Count).Where(
                port => Nodes[port].StartsWith(name[..^1], StringComparison.Ordinal))]
            : [.. Enumerable.Range(0, Nodes.Count).Where(port => Nodes[port] == name)];
        if (ports.Length == 0)
        {
            Add($"{Key}.hosts[{host}].nodes[{item}]", $"there is no node '{name}'",
                Spelling.Help(name, [.. Nodes]));
        }

        return ports;
    }

    private int HostOf(string[] hosts, OverlayLinkJob link, int item, int end)
    {
        int host = Array.IndexOf(hosts, link.Hosts[end]);
        if (host < 0)
        {
            Add($"{Key}.links[{item}].hosts[{end}]", $"there is no host '{link.Hosts[end]}'",
                Spelling.Help(link.Hosts[end], hosts));
        }

        return host;
    }

    /// <summary>A single direction has what its link has, but for what was changed.</summary>
    private Dictionary<string, LinkOptions> Changes(NetworkJob network)
    {
        Dictionary<string, LinkOptions> links = new(StringComparer.Ordinal);
        foreach (LinkChangeJob change in network.Links)
        {
            OverlayLinkJob? edge = network.Overlay!.Links.FirstOrDefault(link =>
                link.Hosts.Any(host => change.Name == $"{link.Name}.{host}"));
            LinkJob own = edge?.Over(network.Link) ?? network.Link;
            links[change.Name] = NetworkMapping.Link(change.Over(own));
        }

        return links;
    }

    private void Check(int nodes, NetworkJob network)
    {
        List<ConfigException> problems = [];
        Options.Check(Key, nodes, problems);
        foreach (ConfigException problem in problems)
        {
            string commands = $"{Key}.commands[";
            if (problem.Key.StartsWith(commands, StringComparison.Ordinal))
            {
                int index = int.Parse(
                    problem.Key[commands.Length..^1],
                    System.Globalization.CultureInfo.InvariantCulture);
                _mistakes.Add(new OverlayMistake(
                    $"{Key}.routes", problem.Why, "", _script.Commands[index].Word));
            }
            else
            {
                Add(NetworkMapping.KeyOf(problem.Key, network), problem.Why, "");
            }
        }
    }
}
