using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>What became of all frames since statistics were reset: sent + copies = delivered +
/// everything lost or dropped + in flight.</summary>
internal sealed class NetworkTotals
{
    private ulong _lost;
    private ulong _dropped;
    private ulong _oversize;
    private readonly LatencyHistogram _transit = new();

    public ulong Sent { get; set; }

    public ulong Copies { get; set; }

    public ulong Runts { get; set; }

    public ulong Unroutable { get; set; }

    public void Count(LinkFate fate)
    {
        _lost += fate == LinkFate.Lost ? 1UL : 0;
        _dropped += fate == LinkFate.DroppedFull ? 1UL : 0;
        _oversize += fate == LinkFate.DroppedOversize ? 1UL : 0;
    }

    public void CountDelivery(ulong transitPicoseconds) => _transit.Add(transitPicoseconds);

    public void Collect(StatisticsList list, int inFlight)
    {
        list.Count("sent", Sent, "Count", "frames that nodes sent");
        list.Count("copies", Copies, "Count", "copies made on the way, beyond frames sent");
        list.Count("delivered", _transit.Count, "Count", "frames handed over");
        list.Count("lost", _lost, "Count", "frames lost on links");
        list.Count("dropped", _dropped, "Count", "frames that found a buffer full");
        list.Count("oversize", _oversize, "Count", "frames above a link's MTU");
        list.Count("runts", Runts, "Count", "frames without a whole Ethernet header");
        list.Count("unroutable", Unroutable, "Count", "frames that no way led to a node for");
        list.Count("inFlight", (uint)inFlight, "Count", "frames still on their way");
        list.Count("transitTimeMax", _transit.Largest, "Tick", "longest way");
        list.Quotient("transitTimeMean", _transit.Sum, _transit.Count, "Tick",
            "departure to arrival, by frames delivered");
        _transit.Collect(list, "transitTime", "frames");
    }
}
