using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Tests.Laws.Validation;

/// <summary>Gives each frame an exponential length of the same mean: of M/D/1 it makes M/M/1, whose mean wait
/// is twice as long.</summary>
internal sealed class ExponentialNetwork(INetworkModel network) : INetworkModel, IStatisticsSource
{
    private readonly Random _random = new(71);

    public int PortCount => network.PortCount;

    public VirtualDuration Lookahead => network.Lookahead;

    public VirtualTime EarliestArrival => network.EarliestArrival;

    public void Send(in FrameDeparture departure)
    {
        int mean = departure.Frame.Length - EthernetFrame.HeaderBytes;
        int payload = (int)(-Math.Log(1 - _random.NextDouble()) * mean);
        byte[] frame = new byte[EthernetFrame.HeaderBytes + payload];
        departure.Frame.Span[..EthernetFrame.HeaderBytes].CopyTo(frame);
        network.Send(departure with { Frame = frame });
    }

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals) =>
        network.Advance(horizon, arrivals);

    public void Collect(StatisticsList list) => ((IStatisticsSource)network).Collect(list);

    public void ResetStatistics() => ((IStatisticsSource)network).ResetStatistics();
}
