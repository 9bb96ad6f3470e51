using Dilaton.Core;
using Dilaton.Native;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Writes frames as columns of docs/protocol.md, section 8.2.</summary>
internal sealed class FrameBlockWriter
{
    private readonly PayloadBuffer _payload;
    private readonly List<ulong> _times = [];
    private readonly List<uint> _ports = [];
    private readonly List<ReadOnlyMemory<byte>> _frames = [];

    public FrameBlockWriter(PayloadBuffer payload) => _payload = payload;

    public void Add(VirtualTime time, int port, ReadOnlyMemory<byte> frame)
    {
        Invariant.Require(frame.Length is > 0 and <= FrameDeparture.LengthMax);
        _times.Add(time.Picoseconds);
        _ports.Add((uint)port);
        _frames.Add(frame);
    }

    /// <summary>Writes what was added since the last time.</summary>
    /// <returns>Null if nothing was.</returns>
    public FrameBlock? Write()
    {
        int count = _times.Count;
        if (count == 0)
        {
            return null;
        }

        int size = 0;
        foreach (ReadOnlyMemory<byte> frame in _frames)
        {
            size = checked(size + frame.Length);
        }

        int column = PayloadBuffer.Pad(count * sizeof(uint));
        Span<byte> bytes = _payload.Append(
            checked((count * sizeof(ulong)) + (2 * column) + PayloadBuffer.Pad(size)),
            out ulong offset);
        bytes.Clear();
        Span<ulong> times = Blittable.Cast<ulong>(bytes[..(count * sizeof(ulong))]);
        bytes = bytes[(count * sizeof(ulong))..];
        Span<uint> ports = Blittable.Cast<uint>(bytes[..column]);
        Span<uint> lengths = Blittable.Cast<uint>(bytes.Slice(column, column));
        bytes = bytes[(2 * column)..];
        for (int i = 0; i < count; i++)
        {
            times[i] = _times[i];
            ports[i] = _ports[i];
            lengths[i] = (uint)_frames[i].Length;
            _frames[i].Span.CopyTo(bytes);
            bytes = bytes[_frames[i].Length..];
        }

        _times.Clear();
        _ports.Clear();
        _frames.Clear();
        return new FrameBlock { Count = (uint)count, Offset = offset, SizeBytes = (ulong)size };
    }
}
