using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>How nodes, switches and links are joined.</summary>
public abstract record TopologyOptions
{
    public const int PortsMax = 1 << 16;

    /// <summary>Adds every mistake in these options for so many nodes.</summary>
    public void Check(string key, int portCount, List<ConfigException> problems)
    {
        if (portCount is < 2 or > PortsMax)
        {
            problems.Add(new ConfigException(
                key, $"{portCount} nodes: a network joins 2..{PortsMax}"));
        }
        else
        {
            CheckShape(key, portCount, problems);
        }
    }

    private protected abstract void CheckShape(
        string key, int portCount, List<ConfigException> problems);

    internal abstract Topology Build(int portCount);
}
