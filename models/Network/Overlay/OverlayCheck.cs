using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Finds the mistakes of an overlay's options.</summary>
internal sealed class OverlayCheck(
    OverlayOptions options, string key, int portCount, List<ConfigException> problems)
{
    public void Run()
    {
        if (portCount is < 2 or > TopologyOptions.PortsMax)
        {
            Add("", $"{portCount} nodes: a network joins 2..{TopologyOptions.PortsMax}");
            return;
        }

        if (options.Hosts.Count is < 1 or > OverlayOptions.HostsMax)
        {
            Add(".hosts", $"{options.Hosts.Count} hosts are not in 1..{OverlayOptions.HostsMax}");
            return;
        }

        int before = problems.Count;
        CheckHosts();
        CheckEdges();
        CheckFigures();
        if (problems.Count == before)
        {
            CheckLinks();
            CheckCommands();
        }
    }

    private void Add(string suffix, string why) =>
        problems.Add(new ConfigException(key + suffix, why));

    private void CheckHosts()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        int[] owners = new int[portCount];
        Array.Fill(owners, -1);
        for (int host = 0; host < options.Hosts.Count; host++)
        {
            if (!names.Add(options.Hosts[host].Name))
            {
                Add($".hosts[{host}].name", $"'{options.Hosts[host].Name}' is another host's too");
            }

            foreach (int port in options.Hosts[host].Ports)
            {
                if (port < 0 || port >= portCount)
                {
                    Add($".hosts[{host}].nodes", $"{port} is no node of 0..{portCount - 1}");
                }
                else if (owners[port] >= 0)
                {
                    Add($".hosts[{host}].nodes",
                        $"node {port} is at {options.Hosts[owners[port]].Name} already");
                }
                else
                {
                    owners[port] = host;
                }
            }
        }
    }

    private void CheckEdges()
    {
        if (options.Edges.Count > OverlayOptions.EdgesMax)
        {
            Add(".links", $"{options.Edges.Count} links are more than {OverlayOptions.EdgesMax}");
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < options.Edges.Count; i++)
        {
            OverlayEdgeOptions edge = options.Edges[i];
            edge.Link.Check($"{key}.links[{i}]", problems);
            if (!names.Add(edge.Name))
            {
                Add($".links[{i}].name", $"'{edge.Name}' is another link's too");
            }

            if (!IsHost(edge.First) || !IsHost(edge.Second) || edge.First == edge.Second)
            {
                Add($".links[{i}].hosts", "a link joins two of the hosts");
            }
        }
    }

    private void CheckFigures()
    {
        options.Access.Check($"{key}.access", problems);
        if (options.ForwardingLatency > NetworkOptions.ForwardingLatencyMax)
        {
            Add(".forwarding_latency", $"{options.ForwardingLatency} is not in "
                + $"0ps..{NetworkOptions.ForwardingLatencyMax}");
        }

        if (options.Hops is < 1 or > OverlayOptions.HopsMax)
        {
            Add(".hops", $"{options.Hops} is not in 1..{OverlayOptions.HopsMax}");
        }

        if (options.Ageing == VirtualDuration.Zero || options.Ageing > OverlayOptions.AgeingMax)
        {
            Add(".ageing", $"{options.Ageing} is not in 1ps..{OverlayOptions.AgeingMax}");
        }

        if (options.Commands.Count > OverlayOptions.CommandsMax)
        {
            Add(".commands",
                $"{options.Commands.Count} commands are more than {OverlayOptions.CommandsMax}");
        }
    }

    private void CheckLinks()
    {
        HashSet<string> names = [.. options.LinkNames(portCount)];
        foreach ((string name, LinkOptions link) in
            options.Links.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            link.Check($"{key}.changes.{name}", problems);
            if (!names.Contains(name))
            {
                Add($".changes.{name}", "this network has no such link");
            }
        }
    }

    /// <summary>Takes them as a run would, so that an index is looked for in the table as it is
    /// then.</summary>
    private void CheckCommands()
    {
        int[] hostOf = options.HostOfPorts(portCount);
        RouteTable[] tables = [.. options.Hosts.Select(_ => new RouteTable())];
        bool[] isUp = [.. options.Edges.Select(_ => true)];
        foreach (int i in options.Order)
        {
            string? why = options.Commands[i] switch
            {
                AddRouteCommand add => Take(add, hostOf, tables),
                DeleteRouteCommand delete => Take(delete, tables),
                SetEdgeCommand edge => Take(edge, isUp),
                _ => "is no command",
            };
            if (why is not null)
            {
                Add($".commands[{i}]", why);
            }
        }
    }

    private string? Take(AddRouteCommand add, int[] hostOf, RouteTable[] tables)
    {
        if (!IsHost(add.Host))
        {
            return "there is no such host";
        }

        if (add.Route.To.Kind == OverlayEndKind.Any)
        {
            return "a route leads to an edge or an interface";
        }

        foreach (OverlayEnd end in new[] { add.Route.To, add.Route.From })
        {
            if (!IsAt(end, add.Host, hostOf))
            {
                return $"{options.Format(end)} is not at {options.Hosts[add.Host].Name}";
            }
        }

        if (tables[add.Host].Entries.Count == RouteTable.RoutesMax)
        {
            return $"a host has at most {RouteTable.RoutesMax} routes";
        }

        tables[add.Host].Add(add.Route);
        return null;
    }

    private string? Take(DeleteRouteCommand delete, RouteTable[] tables)
    {
        if (!IsHost(delete.Host))
        {
            return "there is no such host";
        }

        RouteTable table = tables[delete.Host];
        if (table.Delete(delete.Index))
        {
            return null;
        }

        string indices = string.Join(", ", table.Entries.Select(entry => entry.Index).Take(20));
        return $"{options.Hosts[delete.Host].Name} has no route {delete.Index} then: "
            + (indices.Length == 0 ? "it has none" : $"it has {indices}");
    }

    private string? Take(SetEdgeCommand command, bool[] isUp)
    {
        if (command.Edge < 0 || command.Edge >= isUp.Length)
        {
            return "there is no such link";
        }

        string name = options.Edges[command.Edge].Name;
        if (isUp[command.Edge] == command.IsUp)
        {
            return command.IsUp ? $"link {name} is there then" : $"link {name} is away then";
        }

        isUp[command.Edge] = command.IsUp;
        return null;
    }

    private bool IsHost(int host) => host >= 0 && host < options.Hosts.Count;

    private bool IsAt(OverlayEnd end, int host, int[] hostOf) => end.Kind switch
    {
        OverlayEndKind.Edge => end.Number >= 0 && end.Number < options.Edges.Count
            && (options.Edges[end.Number].First == host || options.Edges[end.Number].Second == host),
        OverlayEndKind.Interface =>
            end.Number >= 0 && end.Number < hostOf.Length && hostOf[end.Number] == host,
        _ => true,
    };
}
