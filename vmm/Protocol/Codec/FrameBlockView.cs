using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>Frames in a payload, checked.</summary>
public readonly ref struct FrameBlockView
{
    private readonly ReadOnlySpan<ulong> _times;
    private readonly ReadOnlySpan<uint> _ports;
    private readonly ReadOnlySpan<uint> _lengths;
    private readonly ReadOnlySpan<byte> _bytes;

    internal FrameBlockView(
        ReadOnlySpan<ulong> times,
        ReadOnlySpan<uint> ports,
        ReadOnlySpan<uint> lengths,
        ReadOnlySpan<byte> bytes)
    {
        _times = times;
        _ports = ports;
        _lengths = lengths;
        _bytes = bytes;
    }

    public int Count => _times.Length;

    public VirtualTime Time(int index) => new(_times[index]);

    public int Port(int index) => (int)_ports[index];

    /// <summary>Copies the frames out of the payload.</summary>
    public void CopyTo(ICollection<FrameArrival> arrivals)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        ReadOnlyMemory<byte> copy = _bytes.ToArray();
        for (int i = 0; i < Count; i++)
        {
            arrivals.Add(new FrameArrival(Time(i), Port(i), Take(ref copy, i)));
        }
    }

    /// <summary>Copies the frames out of the payload.</summary>
    public void CopyTo(ICollection<FrameDeparture> departures)
    {
        ArgumentNullException.ThrowIfNull(departures);
        ReadOnlyMemory<byte> copy = _bytes.ToArray();
        for (int i = 0; i < Count; i++)
        {
            departures.Add(new FrameDeparture(Time(i), Port(i), Take(ref copy, i)));
        }
    }

    private ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, int index)
    {
        ReadOnlyMemory<byte> frame = rest[..(int)_lengths[index]];
        rest = rest[(int)_lengths[index]..];
        return frame;
    }
}
