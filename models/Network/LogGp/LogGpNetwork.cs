using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>LogGP (A. Alexandrov, M. F. Ionescu, K. E. Schauser, C. Scheiman, SPAA 1995), an
/// abstract network without links: with m bytes a frame
/// <code>
///   starts    at max(departure, the sender's last byte before + g)
///   begins to arrive at max(start + L, the receiver's last byte before + g)
///   has come  (m - 1) G later
/// </code>
/// Nothing but a node's sending and receiving side is ever busy. A frame to all is sent once.
/// </summary>
public sealed class LogGpNetwork : INetworkModel, IStatisticsSource
{
    private readonly LogGpOptions _options;
    private readonly LinkClock _clock;
    private readonly NetworkEventHeap _events = new();
    private readonly FrameStore _frames = new();
    private readonly (VirtualTime Last, ulong FreeAt)[] _senders;
    private readonly ulong[] _receiverFreeAt;
    private readonly EarliestBound _earliest;
    private NetworkTotals _totals = new();
    private VirtualTime _reached;

    public LogGpNetwork(string key, LogGpOptions options, int portCount)
    {
        List<ConfigException> problems = [];
        options.Check(key, portCount, problems);
        if (problems.Count > 0)
        {
            throw problems[0];
        }

        _options = options;
        _clock = new LinkClock(options.BandwidthBitsPerSecond);
        PortCount = portCount;
        _senders = new (VirtualTime, ulong)[portCount];
        _receiverFreeAt = new ulong[portCount];
        _earliest = new EarliestBound(
            _frames, slot => checked(_frames[slot].At + Body(_frames[slot].Frame.Length)));
        Lookahead = options.Latency + new VirtualDuration(Body(EthernetFrame.HeaderBytes));
    }

    public int PortCount { get; }

    public VirtualDuration Lookahead { get; }

    public VirtualTime EarliestArrival => new(_earliest.Value);

    public void Send(in FrameDeparture departure)
    {
        int port = departure.Port;
        Invariant.Require(departure.Time >= _reached);
        Invariant.Require(port >= 0 && port < PortCount);
        ref (VirtualTime Last, ulong FreeAt) sender = ref _senders[port];
        Invariant.Require(departure.Time >= sender.Last);
        sender.Last = departure.Time;
        _totals.Sent++;
        int length = departure.Frame.Length;
        if (length < EthernetFrame.HeaderBytes)
        {
            _totals.Runts++;
            return;
        }

        if (length > _options.MtuBytes + EthernetFrame.HeaderBytes)
        {
            _totals.Count(LinkFate.DroppedOversize);
            return;
        }

        int destination = EthernetFrame.Destination(departure.Frame.Span, port, PortCount);
        ulong start = Math.Max(departure.Time.Picoseconds, sender.FreeAt);
        sender.FreeAt = checked(start + Body(length) + _options.Gap.Picoseconds);
        ulong begins = checked(start + _options.Latency.Picoseconds);
        Arrive(departure, destination, begins);
    }

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals)
    {
        ulong stop = horizon.Picoseconds;
        while (_events.Count > 0 && _events.First.Time < stop)
        {
            NetworkEvent next = _events.TakeFirst();
            FrameSlot frame = _frames[next.Slot];
            ulong arrival = checked(Math.Max(next.Time, _receiverFreeAt[frame.Destination])
                + Body(frame.Frame.Length));
            _receiverFreeAt[frame.Destination] = checked(arrival + _options.Gap.Picoseconds);
            arrivals.Add(
                new FrameArrival(new VirtualTime(arrival), frame.Destination, frame.Frame));
            _totals.CountDelivery(arrival - frame.Departure);
            _frames.Remove(next.Slot);
            stop = Math.Min(stop, arrival);
        }

        _reached = VirtualTime.Max(_reached, new VirtualTime(stop));
        return _reached;
    }

    public void Collect(StatisticsList list) => _totals.Collect(list, _frames.Count);

    public void ResetStatistics() => _totals = new NetworkTotals();

    // The first byte leaves for nothing: (m - 1) G.
    private ulong Body(int frameBytes) => _clock.Duration(frameBytes + _options.OverheadBytes - 1);

    private void Arrive(in FrameDeparture departure, int destination, ulong begins)
    {
        switch (destination)
        {
            case EthernetFrame.ToNobody:
                _totals.Unroutable++;
                break;
            case EthernetFrame.ToAll:
                for (int port = 0; port < PortCount; port++)
                {
                    if (port != departure.Port)
                    {
                        Add(departure, port, begins);
                    }
                }

                _totals.Copies += (uint)PortCount - 2;
                break;
            default:
                Add(departure, destination, begins);
                break;
        }
    }

    private void Add(in FrameDeparture departure, int to, ulong begins)
    {
        int slot = _frames.Add(new FrameSlot(
            departure.Frame, departure.Time.Picoseconds, to, Flow: 0, begins, departure.Port,
            Serial: 0));

        // A node's frames begin at different times, copies of one have different receivers.
        _events.Add(new NetworkEvent(begins, departure.Port, (uint)to, slot));
        _earliest.Add(slot);
    }
}
