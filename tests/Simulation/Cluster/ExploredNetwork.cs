using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>A network of the abstract model: each frame has its latency; how early it tells of an
/// arrival, and how much it knows of what is on its way, is chosen each time.</summary>
internal sealed class ExploredNetwork(int ports, Choices choices, Func<byte, byte, ulong> latency)
    : INetworkModel
{
    public const ulong LatencyMin = 2;

    private readonly List<(ulong At, ulong Order, FrameDeparture Frame)> _flying = [];
    private ulong _reached;
    private ulong _order;
    private bool _isVague;
    private (ulong, int) _last;

    public int PortCount => ports;

    public VirtualDuration Lookahead => new(LatencyMin);

    public VirtualTime EarliestArrival => new(
        _flying.Count == 0 ? ulong.MaxValue : _isVague ? _reached + 1 : _flying.Min(f => f.At));

    public void Send(in FrameDeparture departure)
    {
        (ulong, int) place = (departure.Time.Picoseconds, departure.Port);
        Invariant.Require(place.CompareTo(_last) >= 0 && place.Item1 >= _reached);
        _last = place;
        ReadOnlySpan<byte> frame = departure.Frame.Span;
        _flying.Add((
            departure.Time.Picoseconds + latency(frame[1], frame[2]), _order++, departure));
    }

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals)
    {
        ulong first = _flying.Count == 0 ? ulong.MaxValue : _flying.Min(f => f.At);
        ulong reached = Math.Min(horizon.Picoseconds, first);
        if (first <= reached || (first == reached + 1 && choices.Next(2) == 1))
        {
            // Told at its time, or a little ahead.
            foreach ((ulong at, ulong order, FrameDeparture frame) in _flying
                .Where(f => f.At == first).OrderBy(f => f.Order).ToArray())
            {
                arrivals.Add(new FrameArrival(new VirtualTime(at), frame.Frame.Span[0], frame.Frame));
                _flying.Remove((at, order, frame));
            }

            // What was told ahead may come before time gets there.
            if (reached > _reached + 1 && choices.Next(2) == 1)
            {
                reached--;
            }
        }

        _reached = reached;
        _isVague = _flying.Count > 0 && choices.Next(2) == 1;
        return new VirtualTime(reached);
    }
}
