using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>A Frames as a network reads it.</summary>
public readonly ref struct FramesReader
{
    private readonly Frames _frames;
    private readonly FrameBlockView _departures;

    private FramesReader(Frames frames, FrameBlockView departures)
    {
        _frames = frames;
        _departures = departures;
    }

    public VirtualTime Horizon => new(_frames.HorizonPs);

    public FrameBlockView Departures => _departures;

    /// <param name="number">That is expected.</param>
    /// <param name="reached">By the answer before: nothing departs, nor ends, before it.</param>
    /// <exception cref="ProtocolException">It is another one, or goes back in time.</exception>
    public static FramesReader Open(
        Frames frames, ulong number, VirtualTime reached, int portCount,
        ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Number != number)
        {
            throw new ProtocolException(0, "frames.number", $"{number}", $"{frames.Number}");
        }

        if (frames.HorizonPs <= reached.Picoseconds)
        {
            throw new ProtocolException(
                0, "frames.horizon_ps", $"above {reached.Picoseconds}", $"{frames.HorizonPs}");
        }

        var field = new FieldPath("frames.departures", 0);
        FrameBlockView departures = FrameBlockReader.Read(
            payload, frames.Departures, portCount, field);
        FrameBlockReader.RequireOrder(departures, withPorts: true, field);
        if (departures.Count > 0 && departures.Time(0) < reached)
        {
            PayloadReader.Fail(field, $"departures from {reached} on", $"{departures.Time(0)}");
        }

        return new FramesReader(frames, departures);
    }
}
