using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A node that is started in its first round: by then its worker has met its coordinator, and what they share
/// is open.</summary>
internal sealed class StartedNode(IClusterNode node, Action start) : IClusterNode
{
    private bool _isStarted;

    public int Id => node.Id;

    public IReadOnlyList<int> Ports => node.Ports;

    public void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            start();
        }

        node.Run(until, arrivals, report);
    }
}
