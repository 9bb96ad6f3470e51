using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>All nodes at one switch.</summary>
public sealed record StarOptions : TopologyOptions
{
    private protected override void CheckShape(
        string key, int portCount, List<ConfigException> problems)
    {
    }

    internal override Topology Build(int portCount) => new StarTopology(portCount);
}
