using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The bytes between the two ends of a pipe, and who waits at them.</summary>
internal sealed class Pipe
{
    public const int InitialCapacityBytes = 64 << 10;
    public const int AtomicBytesMax = 4096;
    public const int CapacityBytesMax = 1 << 20;

    private byte[] _buffer = new byte[InitialCapacityBytes];
    private int _start;

    /// <summary>What its bytes consist of, once a packet has been written: packets, and runs of
    /// bytes that are none. Null while there are none but such.</summary>
    private LinkedList<(int LengthBytes, bool IsPacket)>? _parts;

    public int Count { get; private set; }

    public int FreeBytes => _buffer.Length - Count;

    public int CapacityBytes => _buffer.Length;

    public int ReaderCount { get; set; }

    public int WriterCount { get; set; }

    /// <summary>How often it has been opened for reading: who waits for a reader to come sees one
    /// also if it has gone again.</summary>
    public uint OpenedReaders { get; set; }

    public uint OpenedWriters { get; set; }

    public ReadySource ReadReady { get; } = new();

    public ReadySource WriteReady { get; } = new();

    /// <summary>Takes bytes, or one packet: what of that does not fit is gone.</summary>
    public int Take(Span<byte> destination)
    {
        int total = Math.Min(destination.Length, Count);
        int gone = total;
        if (_parts?.First is { Value: var part } && total > 0)
        {
            total = Math.Min(total, part.LengthBytes);
            gone = part.IsPacket ? part.LengthBytes : total;
        }

        Peek(destination[..total]);
        Discard(gone);
        return total;
    }

    /// <summary>Copies the first bytes, which stay.</summary>
    public int Peek(Span<byte> destination)
    {
        int total = Math.Min(destination.Length, Count);
        int first = Math.Min(total, _buffer.Length - _start);
        _buffer.AsSpan(_start, first).CopyTo(destination);
        _buffer.AsSpan(0, total - first).CopyTo(destination[first..]);
        return total;
    }

    /// <summary>Forgets the first bytes.</summary>
    public void Discard(int count)
    {
        Invariant.Require(count <= Count);
        _start = (_start + count) % _buffer.Length;
        Count -= count;
        while (count > 0 && _parts?.First is { } first)
        {
            int gone = Math.Min(count, first.Value.LengthBytes);
            count -= gone;
            first.Value = first.Value with { LengthBytes = first.Value.LengthBytes - gone };
            if (first.Value.LengthBytes == 0)
            {
                _parts.RemoveFirst();
            }
        }

        _parts = Count == 0 ? null : _parts;
    }

    /// <param name="isPacket">It is read by itself.</param>
    public int Put(ReadOnlySpan<byte> source, bool isPacket = false)
    {
        if (isPacket && _parts is null)
        {
            _parts = new();
            if (Count > 0)
            {
                _parts.AddLast((Count, false));
            }
        }

        int total = Math.Min(source.Length, FreeBytes);
        int end = (_start + Count) % _buffer.Length;
        int first = Math.Min(total, _buffer.Length - end);
        source[..first].CopyTo(_buffer.AsSpan(end));
        source[first..total].CopyTo(_buffer);
        Count += total;
        if (total > 0)
        {
            _parts?.AddLast((total, isPacket));
        }

        return total;
    }

    public void Resize(int capacityBytes)
    {
        Invariant.Require(capacityBytes >= Count && capacityBytes <= CapacityBytesMax);
        byte[] buffer = new byte[capacityBytes];
        Peek(buffer);
        (_buffer, _start) = (buffer, 0);
    }
}
