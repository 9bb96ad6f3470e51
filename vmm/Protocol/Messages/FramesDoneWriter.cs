using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Builds a FramesDone and its payload as a network does: Add for each frame, then Finish.
/// </summary>
public sealed class FramesDoneWriter
{
    private readonly PayloadBuffer _payload = new();
    private readonly FrameBlockWriter _block;
    private readonly FramesDone _done = new();

    public FramesDoneWriter()
    {
        _block = new FrameBlockWriter(_payload);
        Envelope = new Envelope { FramesDone = _done };
    }

    public Envelope Envelope { get; }

    public ReadOnlySpan<byte> Payload => _payload.Bytes;

    /// <summary>In the order in which they were found.</summary>
    public void Add(in FrameArrival arrival) =>
        _block.Add(arrival.Time, arrival.Port, arrival.Frame);

    public void Finish(ulong number, VirtualTime reached, VirtualTime earliest)
    {
        _payload.Clear();
        _done.Number = number;
        _done.ReachedPs = reached.Picoseconds;
        _done.EarliestPs = earliest.Picoseconds;
        _done.Arrivals = _block.Write();
    }
}
