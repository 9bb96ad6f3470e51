using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A node as whoever runs it in rounds sees it.</summary>
public interface IClusterNode
{
    /// <summary>The node's number in the cluster.</summary>
    int Id { get; }

    /// <summary>The network's ports that the node is at.</summary>
    IReadOnlyList<int> Ports { get; }

    /// <summary>Takes its arrivals, in the order of their times, and goes as far as it may. It
    /// then says how far it is.</summary>
    /// <param name="until">No act lies at or after it. With <see cref="VirtualTime.MaxValue"/>
    /// nothing comes any more and the node ends.</param>
    /// <param name="report">Is filled anew.</param>
    void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report);
}
