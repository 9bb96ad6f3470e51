using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Counters.</summary>
public sealed partial class FabricNetwork
{
    private NetworkTotals _totals = new();

    /// <summary>Totals, then each link that a frame came to.</summary>
    public void Collect(StatisticsList list)
    {
        _totals.Collect(list, _frames.Count);
        foreach (Link link in _links.Where(l => l.Counters.HasSeenFrames))
        {
            link.Collect(list, _reached.Picoseconds);
        }
    }

    public void ResetStatistics()
    {
        _totals = new NetworkTotals();
        foreach (Link link in _links)
        {
            link.ResetStatistics();
        }
    }
}
