using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Builds a Grant and its payload: Begin, then AddNode for each.</summary>
public sealed class GrantWriter
{
    private readonly PayloadBuffer _payload = new();
    private readonly FrameBlockWriter _frames;
    private readonly Grant _grant = new();

    public GrantWriter()
    {
        _frames = new FrameBlockWriter(_payload);
        Envelope = new Envelope { Grant = _grant };
    }

    public Envelope Envelope { get; }

    public ReadOnlySpan<byte> Payload => _payload.Bytes;

    /// <param name="round">From 1.</param>
    public void Begin(ulong round)
    {
        _payload.Clear();
        _grant.Round = round;
        _grant.Nodes.Clear();
    }

    /// <param name="arrivals">In the order of their times.</param>
    public void AddNode(int node, VirtualTime until, IReadOnlyList<FrameArrival> arrivals)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        foreach (FrameArrival arrival in arrivals)
        {
            _frames.Add(arrival.Time, arrival.Port, arrival.Frame);
        }

        _grant.Nodes.Add(new NodeGrant
        {
            Node = (uint)node,
            UntilPs = until.Picoseconds,
            Arrivals = _frames.Write(),
        });
    }
}
