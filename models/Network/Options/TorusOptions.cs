using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Routers in a grid of any number of dimensions, each ring of it closed. One dimension is
/// a ring.</summary>
public sealed record TorusOptions : TopologyOptions
{
    public const int DimensionsMax = 8;

    /// <summary>Routers along each dimension.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>Nodes of a router.</summary>
    public required int HostsPerRouter { get; init; }

    private protected override void CheckShape(
        string key, int portCount, List<ConfigException> problems)
    {
        long places = HostsPerRouter;
        if (HostsPerRouter is < 1 or > PortsMax)
        {
            problems.Add(new ConfigException(
                $"{key}.hosts_per_router", $"{HostsPerRouter} is not in 1..{PortsMax}"));
            return;
        }

        if (Shape.Count is < 1 or > DimensionsMax)
        {
            problems.Add(new ConfigException(
                $"{key}.shape", $"{Shape.Count} dimensions are not in 1..{DimensionsMax}"));
            return;
        }

        for (int i = 0; i < Shape.Count; i++)
        {
            if (Shape[i] is < 1 or > PortsMax)
            {
                problems.Add(new ConfigException(
                    $"{key}.shape[{i}]", $"{Shape[i]} is not in 1..{PortsMax}"));
                return;
            }

            places = Math.Min(places * Shape[i], int.MaxValue);
        }

        if (portCount > places || places > 2L * PortsMax)
        {
            problems.Add(new ConfigException(
                $"{key}.shape", $"{string.Join('x', Shape)} routers with {HostsPerRouter} each "
                + $"have {places} places for {portCount} nodes"));
        }
    }

    internal override Topology Build(int portCount) =>
        new TorusTopology(portCount, Shape, HostsPerRouter);
}
