using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>An overlay of layer-2 hosts with routes, in the manner of VNET.</summary>
public sealed record OverlayOptions
{
    public const int HostsMax = 4096;
    public const int EdgesMax = 65_536;
    public const int HopsMax = 255;
    public const int CommandsMax = 1 << 20;

    public static readonly VirtualDuration AgeingMax = VirtualDuration.FromSeconds(1_000_000);

    public required IReadOnlyList<OverlayHostOptions> Hosts { get; init; }

    public required IReadOnlyList<OverlayEdgeOptions> Edges { get; init; }

    /// <summary>Between a node's interface and its host, both ways.</summary>
    public required LinkOptions Access { get; init; }

    /// <summary>Directions of links that are different, by name as in the statistics:
    /// <c>node0.up</c>, <c>edge.host</c>.</summary>
    public required IReadOnlyDictionary<string, LinkOptions> Links { get; init; }

    /// <summary>From a frame's last bit coming to a host to its standing at the output.</summary>
    public required VirtualDuration ForwardingLatency { get; init; }

    /// <summary>In the order of their writing; taken in that of their times, as written if equal.
    /// </summary>
    public required IReadOnlyList<OverlayCommand> Commands { get; init; }

    /// <summary>Whether hosts learn where addresses are, and flood what no route is for.</summary>
    public required bool Learning { get; init; }

    /// <summary>What was learned is forgotten after this long without a frame.</summary>
    public required VirtualDuration Ageing { get; init; }

    /// <summary>A frame crosses at most so many edges.</summary>
    public required int Hops { get; init; }

    /// <summary>Whether a host takes only the first copy of a frame that comes to it.</summary>
    public required bool DropsDuplicates { get; init; }

    /// <summary>The job's; each link draws its losses from a stream of its own.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Commands in the order in which they are taken, by their place in
    /// <see cref="Commands"/>.</summary>
    public IReadOnlyList<int> Order =>
        [.. Enumerable.Range(0, Commands.Count).OrderBy(i => Commands[i].Time)];

    /// <summary>Of all links, in the order of their numbers; of options that were checked.</summary>
    public IReadOnlyList<string> LinkNames(int portCount) =>
        [.. OverlayLinks.Plan(portCount, HostOfPorts(portCount), this).Select(link => link.Plan.Name)];

    /// <summary>The host of each port; -1 for none.</summary>
    public int[] HostOfPorts(int portCount)
    {
        int[] hosts = new int[portCount];
        Array.Fill(hosts, -1);
        for (int host = 0; host < Hosts.Count; host++)
        {
            foreach (int port in Hosts[host].Ports.Where(p => p >= 0 && p < portCount))
            {
                hosts[port] = host;
            }
        }

        return hosts;
    }

    /// <summary>Adds every mistake in these options for so many nodes.</summary>
    public void Check(string key, int portCount, List<ConfigException> problems) =>
        new OverlayCheck(this, key, portCount, problems).Run();

    /// <summary>A route as the control grammar has it, without its ADD.</summary>
    public string Format(OverlayRoute route) =>
        $"{route.Source} {route.Destination} {Format(route.To)} {Format(route.From)}";

    public string Format(OverlayEnd end) => end.Kind switch
    {
        OverlayEndKind.Edge => $"edge {Edges[end.Number].Name}",
        OverlayEndKind.Interface => $"interface {EthernetFrame.FormatPort(end.Number)}",
        _ => "any",
    };

    public string Format(OverlayCommand command) => command switch
    {
        AddRouteCommand add => $"on {Hosts[add.Host].Name} ADD {Format(add.Route)}",
        DeleteRouteCommand delete => $"on {Hosts[delete.Host].Name} DEL {delete.Index}",
        SetEdgeCommand edge => $"LINK {(edge.IsUp ? "ADD" : "DEL")} {Edges[edge.Edge].Name}",
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };
}
