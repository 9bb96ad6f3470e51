using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A node's part in a round.</summary>
public sealed class NodeGrant
{
    public NodeGrant(int node) => Node = node;

    public int Node { get; }

    /// <summary>No act of the node may lie at or after it.</summary>
    public VirtualTime Until { get; set; }

    /// <summary>Frames that come before <see cref="Until"/>, in the order of their times.
    /// </summary>
    public List<FrameArrival> Arrivals { get; } = [];
}
