using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Two nodes and the cable between them.</summary>
public sealed record PointToPointOptions : TopologyOptions
{
    private protected override void CheckShape(
        string key, int portCount, List<ConfigException> problems)
    {
        if (portCount != 2)
        {
            problems.Add(new ConfigException(
                key, $"point-to-point joins 2 nodes, not {portCount}; star joins any number"));
        }
    }

    internal override Topology Build(int portCount) => new PointToPointTopology();
}
