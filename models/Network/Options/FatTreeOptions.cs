using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Leaf switches with nodes below and a link to every spine switch above.</summary>
public sealed record FatTreeOptions : TopologyOptions
{
    public const int SpinesMax = 4096;

    /// <summary>Nodes of a leaf; leaves are as many as the nodes need.</summary>
    public required int Down { get; init; }

    /// <summary>Spines, which is links of a leaf upwards.</summary>
    public required int Up { get; init; }

    private protected override void CheckShape(
        string key, int portCount, List<ConfigException> problems)
    {
        if (Down < 1)
        {
            problems.Add(new ConfigException($"{key}.down", $"{Down} is below 1"));
        }

        if (Up is < 1 or > SpinesMax)
        {
            problems.Add(new ConfigException($"{key}.up", $"{Up} is not in 1..{SpinesMax}"));
        }
    }

    internal override Topology Build(int portCount) =>
        new FatTreeTopology(portCount, Down, Up);
}
