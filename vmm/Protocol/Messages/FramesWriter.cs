using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Builds a Frames and its payload: Add for each frame, then Finish.</summary>
public sealed class FramesWriter
{
    private readonly PayloadBuffer _payload = new();
    private readonly FrameBlockWriter _block;
    private readonly Frames _frames = new();

    public FramesWriter()
    {
        _block = new FrameBlockWriter(_payload);
        Envelope = new Envelope { Frames = _frames };
    }

    public Envelope Envelope { get; }

    public ReadOnlySpan<byte> Payload => _payload.Bytes;

    /// <summary>In the order of (time, port).</summary>
    public void Add(in FrameDeparture departure) =>
        _block.Add(departure.Time, departure.Port, departure.Frame);

    /// <param name="number">From 1.</param>
    public void Finish(ulong number, VirtualTime horizon)
    {
        _payload.Clear();
        _frames.Number = number;
        _frames.HorizonPs = horizon.Picoseconds;
        _frames.Departures = _block.Write();
    }
}
