using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Joins a node's network interface with the port of the network that it is at.</summary>
public sealed class NodePort : IFrameSink
{
    private readonly NodeSession _session;
    private readonly List<FrameDeparture> _departures = [];
    private IFrameReceiver? _receiver;
    private VirtualTime _last;

    public NodePort(NodeSession session, int port)
    {
        ArgumentNullException.ThrowIfNull(session);
        Invariant.Require(port >= 0);
        _session = session;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Names the interface, which takes this port as its <see cref="IFrameSink"/>. Once,
    /// before anything runs.</summary>
    public void Attach(IFrameReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        Invariant.Require(_receiver is null, "a port has one interface");
        _receiver = receiver;
    }

    public void Send(VirtualTime departure, ReadOnlyMemory<byte> frame)
    {
        Invariant.Require(departure >= _session.Now, "a frame departs in the past");
        Invariant.Require(departure >= _last, "a frame overtakes the one before");
        Invariant.Require(frame.Length is > 0 and <= FrameDeparture.LengthMax);
        _last = departure;
        _session.RecordFrame(isArrival: false, Port, frame.Length);
        _departures.Add(new FrameDeparture(departure, Port, frame));
    }

    /// <summary>Puts an arrival into the node's future.</summary>
    internal void Schedule(in FrameArrival arrival)
    {
        Invariant.Require(arrival.Port == Port && _receiver is not null);
        Invariant.Require(arrival.Time >= _session.Now, "a frame arrives in the past");
        _session.Events.Schedule(arrival.Time, new Arrival(this, arrival.Frame));
    }

    /// <summary>Hands over what was sent since the last time, in the order of sending.</summary>
    internal void TakeDepartures(List<FrameDeparture> departures)
    {
        departures.AddRange(_departures);
        _departures.Clear();
    }

    private sealed class Arrival(NodePort port, ReadOnlyMemory<byte> frame) : INodeEvent
    {
        public bool OutlivesGuest => true;

        public void Fire()
        {
            port._session.RecordFrame(isArrival: true, port.Port, frame.Length);
            port._receiver!.Receive(frame); // Set before anything is scheduled.
        }
    }
}
