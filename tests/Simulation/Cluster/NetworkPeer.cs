using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Tests.Simulation;

/// <summary>A model of a network on the other side of the wire.</summary>
public sealed class NetworkPeer(IMessageTransport transport, string name, INetworkModel model)
{
    private readonly MessageReader _reader = new();
    private readonly MessageWriter _writer = new();

    /// <summary>Changes what it answers, to break the protocol.</summary>
    public Action<FramesDone>? Spoil { get; init; }

    public void Run()
    {
        Send(new Envelope
        {
            Hello = new Hello
            {
                Version = ProtocolLimits.Version,
                Peer = name,
                Software = "test",
                TicksPerSecond = ProtocolLimits.TicksPerSecond,
                Features = { ClusterHandshake.NetworkFeature },
                Ports = (uint)model.PortCount,
                LookaheadPs = model.Lookahead.Picoseconds,
            },
        });
        ulong number = 0;
        VirtualTime reached = VirtualTime.Zero;
        while (true)
        {
            while (!transport.TryReceive(Timeout.InfiniteTimeSpan))
            {
            }

            Envelope message = _reader.Read(transport.Header, transport.Payload.Length);
            if (message.BodyCase == Envelope.BodyOneofCase.Bye)
            {
                Send(new Envelope { Bye = new Bye() });
                return;
            }

            if (message.BodyCase == Envelope.BodyOneofCase.Frames)
            {
                FramesReader frames = FramesReader.Open(
                    message.Frames, ++number, reached, model.PortCount, transport.Payload);
                reached = Answer(frames, number);
            }
        }
    }

    private VirtualTime Answer(FramesReader frames, ulong number)
    {
        List<FrameDeparture> departures = [];
        frames.Departures.CopyTo(departures);
        foreach (FrameDeparture departure in departures)
        {
            model.Send(departure);
        }

        List<FrameArrival> arrivals = [];
        VirtualTime reached = model.Advance(frames.Horizon, arrivals);
        FramesDoneWriter done = new();
        arrivals.ForEach(a => done.Add(a));
        done.Finish(number, reached, model.EarliestArrival);
        Spoil?.Invoke(done.Envelope.FramesDone);
        transport.Send("", _writer.Write(done.Envelope), done.Payload);
        return reached;
    }

    private void Send(Envelope message) => transport.Send("", _writer.Write(message), []);
}
