using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Cosim;

/// <summary>A network behind the wire: docs/protocol.md, section 8. What is sent waits here until
/// the network is next asked to go on.</summary>
public sealed class WireNetwork : INetworkModel, IStatisticsSource, IDisposable
{
    private const uint HeartbeatMilliseconds = 500;

    private readonly WireNetworkOptions _options;
    private readonly PeerLine _line;
    private readonly OfferedRing? _ring;
    private readonly FramesWriter _frames = new();
    private VirtualTime _reached;
    private VirtualTime _promised = VirtualTime.MaxValue;
    private VirtualTime _firstUnsent = VirtualTime.MaxValue;
    private ulong _number;
    private ulong _countedFrom;

    /// <param name="transport">Is disposed of with this.</param>
    /// <param name="ring">What <paramref name="transport"/> ends in, if the peer may have a ring;
    /// else null.</param>
    public WireNetwork(
        WireNetworkOptions options, IMessageTransport transport, OfferedRing? ring = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _ring = ring;
        _line = new PeerLine(options.Name, transport, options.Timeout);
    }

    public int PortCount => _options.PortCount;

    /// <summary>As the network says; zero before <see cref="Connect"/>.</summary>
    public VirtualDuration Lookahead { get; private set; }

    /// <summary>What runs there, as it says; empty before <see cref="Connect"/>.</summary>
    public string Software { get; private set; } = "";

    /// <summary>Exchanges with the network.</summary>
    public ulong ExchangeCount => _number;

    public VirtualTime EarliestArrival => _firstUnsent == VirtualTime.MaxValue
        ? _promised
        : VirtualTime.Min(_promised, _firstUnsent + Lookahead);

    /// <summary>Waits for the network, checks that it fits, and welcomes it.</summary>
    /// <exception cref="PeerFaultException">It does not come, or does not fit.</exception>
    public void Connect()
    {
        Hello hello = _line.Receive(Envelope.BodyOneofCase.Hello, waitForEver: _options.IsManual)
            .Hello;
        IReadOnlyList<string> differences = ClusterHandshake.CheckNetwork(
            hello, _options.Name, _options.PortCount);
        if (differences.Count > 0)
        {
            string text = string.Join("; ", differences);
            _line.SayBye(Bye.Types.Code.Refused, text);
            throw _line.Fault($"does not fit: {text}");
        }

        Software = $"{hello.Software} {hello.SoftwareVersion}".TrimEnd();
        Lookahead = new VirtualDuration(hello.LookaheadPs);
        _line.Watch(hello.ProcessId);
        OfferedRing? ring = hello.Features.Contains(ClusterHandshake.RingFeature) ? _ring : null;
        _line.Send(
            new Envelope
            {
                Welcome = new Welcome
                {
                    Version = ProtocolLimits.Version,
                    Session = _options.Session,
                    HeartbeatMs = HeartbeatMilliseconds,
                    Ring = ring?.Create() ?? "",
                    Ports = (uint)_options.PortCount,
                },
            },
            []);
        ring?.Enter();
    }

    public void Send(in FrameDeparture departure)
    {
        Invariant.Require(departure.Time >= _reached, "a frame departs in the network's past");
        _frames.Add(departure);
        _firstUnsent = VirtualTime.Min(_firstUnsent, departure.Time);
    }

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals)
    {
        Invariant.Require(horizon > _reached);
        VirtualTime earliest = EarliestArrival;
        _frames.Finish(++_number, horizon);
        _firstUnsent = VirtualTime.MaxValue;
        _line.Send(_frames.Envelope, _frames.Payload);
        FramesDone done = _line.Receive(Envelope.BodyOneofCase.FramesDone).FramesDone;
        try
        {
            FramesDoneReader reader = FramesDoneReader.Open(
                done, _number, _reached, horizon, earliest, PortCount, _line.Payload);
            reader.Arrivals.CopyTo(arrivals);
            _reached = reader.Reached;
            _promised = reader.Earliest;
        }
        catch (ProtocolException e)
        {
            throw _line.Reject(e);
        }

        _line.LastTime = _reached == VirtualTime.MaxValue ? _line.LastTime : _reached;
        return _reached;
    }

    /// <summary>Its process is gone. Any thread.</summary>
    /// <param name="how">Such as <c>died by SIGKILL</c>.</param>
    public void TellEnded(string how) => _line.TellEnded(how);

    /// <summary>Says that the run is over, and waits until the network has written its output.
    /// </summary>
    public void Finish(VirtualTime time)
    {
        _line.LastTime = time;
        _line.SayBye(Bye.Types.Code.Done, "");
        _line.Receive(Envelope.BodyOneofCase.Bye);
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("exchanges", _number - _countedFrom, "Count", "times that the network was asked to go on");
    }

    public void ResetStatistics() => _countedFrom = _number;

    public void Dispose() => _line.Dispose();
}
