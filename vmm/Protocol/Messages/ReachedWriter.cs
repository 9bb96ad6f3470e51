using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Builds a Reached and its payload: Begin, then AddNode for each.</summary>
public sealed class ReachedWriter
{
    private readonly PayloadBuffer _payload = new();
    private readonly FrameBlockWriter _frames;
    private readonly Reached _reached = new();

    public ReachedWriter()
    {
        _frames = new FrameBlockWriter(_payload);
        Envelope = new Envelope { Reached = _reached };
    }

    public Envelope Envelope { get; }

    public ReadOnlySpan<byte> Payload => _payload.Bytes;

    public void Begin(ulong round)
    {
        _payload.Clear();
        _reached.Round = round;
        _reached.Nodes.Clear();
    }

    /// <param name="departures">In the order of sending.</param>
    public void AddNode(
        int node,
        VirtualTime now,
        VirtualTime nextAct,
        bool hasEnded,
        IReadOnlyList<FrameDeparture> departures)
    {
        ArgumentNullException.ThrowIfNull(departures);
        foreach (FrameDeparture departure in departures)
        {
            _frames.Add(departure.Time, departure.Port, departure.Frame);
        }

        _reached.Nodes.Add(new NodeReached
        {
            Node = (uint)node,
            NowPs = now.Picoseconds,
            NextActPs = nextAct.Picoseconds,
            Ended = hasEnded,
            Departures = _frames.Write(),
        });
    }
}
