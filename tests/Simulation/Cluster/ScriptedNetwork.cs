using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>A switch with a latency for every pair of ports and one queue for each port. It checks
/// that it is used as INetworkModel says.</summary>
/// <param name="aheadPicoseconds">It is this much behind the switch that a frame arrives, so that
/// an arrival is known before its time; as a simulator's own receive latency does.</param>
/// <param name="isVague">It says of frames on their way only that they are not here yet.</param>
public sealed class ScriptedNetwork(
    int ports, ulong seed, ulong aheadPicoseconds = 0, bool isVague = false) : INetworkModel
{
    public const ulong LatencyMin = 500;
    public const ulong SerialPicoseconds = 20;

    private readonly PriorityQueue<FrameDeparture, (ulong At, ulong Order)> _flying = new();
    private readonly PriorityQueue<FrameArrival, (ulong At, ulong Order)> _queued = new();
    private readonly ulong[] _free = new ulong[ports];
    private readonly ulong[] _lastOfPort = new ulong[ports];
    private (ulong Time, int Port) _lastSent;
    private ulong _reached;
    private ulong _order;

    public int PortCount => ports;

    public VirtualDuration Lookahead => new(LatencyMin + SerialPicoseconds + aheadPicoseconds);

    public int AdvanceCount { get; private set; }

    public VirtualTime EarliestArrival
    {
        get
        {
            ulong earliest = _flying.TryPeek(out _, out (ulong At, ulong) f)
                ? f.At + SerialPicoseconds
                : ulong.MaxValue;
            earliest = Math.Min(
                earliest,
                _queued.TryPeek(out _, out (ulong At, ulong) q) ? q.At : ulong.MaxValue);
            return new VirtualTime(earliest == ulong.MaxValue
                ? earliest
                : (isVague ? _reached + 1 : earliest) + aheadPicoseconds);
        }
    }

    /// <summary>Deterministic, and not the same for any two frames.</summary>
    public static ulong Latency(ulong seed, int from, int to, ReadOnlySpan<byte> frame)
    {
        ulong hash = seed + ((ulong)from * 977) + ((ulong)to * 131);
        foreach (byte b in frame)
        {
            hash = (hash ^ b) * 0x100_0000_01B3;
        }

        return LatencyMin + ((hash >> 20) % 700);
    }

    public void Send(in FrameDeparture departure)
    {
        (ulong, int) place = (departure.Time.Picoseconds, departure.Port);
        Invariant.Require(place.CompareTo(_lastSent) >= 0, "frames are not in order");
        Invariant.Require(departure.Time.Picoseconds >= _reached, "sent into the past");
        Invariant.Require(departure.Time.Picoseconds >= _lastOfPort[departure.Port]);
        _lastSent = place;
        _lastOfPort[departure.Port] = departure.Time.Picoseconds;
        int to = departure.Frame.Span[0];
        ulong latency = Latency(seed, departure.Port, to, departure.Frame.Span);
        _flying.Enqueue(departure, (departure.Time.Picoseconds + latency, _order++));
    }

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals)
    {
        AdvanceCount++;
        Invariant.Require(horizon.Picoseconds >= _reached);
        while (true)
        {
            ulong flying = _flying.TryPeek(out _, out (ulong At, ulong) f) ? f.At : ulong.MaxValue;
            ulong queued = _queued.TryPeek(out _, out (ulong At, ulong) q) ? q.At : ulong.MaxValue;
            ulong next = Math.Min(flying, queued);
            if (next >= horizon.Picoseconds && (next != queued || next > horizon.Picoseconds))
            {
                _reached = horizon.Picoseconds;
                return horizon;
            }

            if (flying <= queued && flying < horizon.Picoseconds)
            {
                FrameDeparture frame = _flying.Dequeue();
                int to = frame.Frame.Span[0];
                _free[to] = Math.Max(_free[to], flying) + SerialPicoseconds;
                _queued.Enqueue(
                    new FrameArrival(
                        new VirtualTime(_free[to] + aheadPicoseconds), to, frame.Frame),
                    (_free[to], _order++));
                continue;
            }

            _reached = queued;
            while (_queued.TryPeek(out _, out q) && q.At == queued)
            {
                arrivals.Add(_queued.Dequeue());
            }

            return new VirtualTime(_reached);
        }
    }
}
