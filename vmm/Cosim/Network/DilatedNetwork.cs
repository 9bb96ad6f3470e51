using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A network that lives in physical time, for guests in virtual time. Frames depart and
/// arrive by the clock of their nodes; what happens in between knows nothing of it.
/// <code>
///   virtual    departure ──┐                        ┌──> arrival = ToVirtual(physical), rounded up
///   physical               └──> At(departure) ──────┘
/// </code></summary>
public sealed class DilatedNetwork : INetworkModel, IStatisticsSource
{
    private readonly INetworkModel _inner;
    private readonly IStatisticsSource _statistics;
    private readonly PhysicalTime _time;
    private readonly List<FrameArrival> _found = [];

    /// <param name="inner">With statistics; its times are physical, and stay so.</param>
    /// <param name="time">Its factors are all known.</param>
    public DilatedNetwork(INetworkModel inner, PhysicalTime time)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(time);
        (_inner, _statistics, _time) = (inner, (IStatisticsSource)inner, time);

        // At least; less one, for what a change rounds.
        Ratio least = new(time.Largest.Denominator, time.Largest.Numerator);
        Lookahead = new VirtualDuration(
            least.ScaleDown(inner.Lookahead.Picoseconds - 1));
        if (Lookahead == VirtualDuration.Zero)
        {
            throw new ConfigException(
                "time.tdf",
                $"the network's least latency of {inner.Lookahead} / {time.Largest} is nothing");
        }
    }

    public int PortCount => _inner.PortCount;

    public VirtualDuration Lookahead { get; }

    public VirtualTime EarliestArrival => _time.ToVirtual(_inner.EarliestArrival);

    public void Send(in FrameDeparture departure) =>
        _inner.Send(departure with { Time = _time.At(departure.Time) });

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        VirtualTime goal = _time.Within(horizon);
        while (true)
        {
            VirtualTime reached = _inner.Advance(goal, _found);
            VirtualTime virtually = VirtualTime.Min(horizon, _time.ToVirtual(reached));
            if (reached < goal && virtually < horizon)
            {
                // More may come within the same virtual picosecond.
                (horizon, goal) = (virtually, _time.Within(virtually));
            }

            if (reached == goal)
            {
                break;
            }
        }

        foreach (FrameArrival arrival in _found)
        {
            arrivals.Add(arrival with { Time = _time.ToVirtual(arrival.Time) });
        }

        _found.Clear();
        return horizon;
    }

    public void Collect(StatisticsList list) => _statistics.Collect(list);

    public void ResetStatistics() => _statistics.ResetStatistics();
}
