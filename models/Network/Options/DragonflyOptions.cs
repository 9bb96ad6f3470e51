using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Groups of routers that are all joined; between any two groups there is one global
/// link.</summary>
public sealed record DragonflyOptions : TopologyOptions
{
    /// <summary>Nodes of a router: the p of the literature.</summary>
    public required int HostsPerRouter { get; init; }

    /// <summary>The a of the literature.</summary>
    public required int RoutersPerGroup { get; init; }

    /// <summary>The h of the literature; groups are as many as the nodes need, at most a h + 1.
    /// </summary>
    public required int GlobalLinksPerRouter { get; init; }

    private protected override void CheckShape(
        string key, int portCount, List<ConfigException> problems)
    {
        (string Name, int Value)[] parts =
        [
            ("hosts_per_router", HostsPerRouter), ("routers_per_group", RoutersPerGroup),
            ("global_links_per_router", GlobalLinksPerRouter),
        ];
        foreach ((string name, int value) in parts)
        {
            if (value is < 1 or > 1024)
            {
                problems.Add(new ConfigException($"{key}.{name}", $"{value} is not in 1..1024"));
                return;
            }
        }

        int places = HostsPerRouter * RoutersPerGroup;
        int groups = (portCount + places - 1) / places;
        int groupsMax = (RoutersPerGroup * GlobalLinksPerRouter) + 1;
        if (groups > groupsMax)
        {
            problems.Add(new ConfigException(
                $"{key}.global_links_per_router", $"{portCount} nodes need {groups} groups of "
                + $"{places}, and {RoutersPerGroup} routers with {GlobalLinksPerRouter} global "
                + $"links each join {groupsMax}"));
        }
    }

    internal override Topology Build(int portCount) => new DragonflyTopology(
        portCount, HostsPerRouter, RoutersPerGroup, GlobalLinksPerRouter);
}
