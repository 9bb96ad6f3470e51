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

    public int Take(Span<byte> destination)
    {
        int total = Math.Min(destination.Length, Count);
        int first = Math.Min(total, _buffer.Length - _start);
        _buffer.AsSpan(_start, first).CopyTo(destination);
        _buffer.AsSpan(0, total - first).CopyTo(destination[first..]);
        _start = (_start + total) % _buffer.Length;
        Count -= total;
        return total;
    }

    /// <summary>Copies the first bytes, which stay.</summary>
    public int Peek(Span<byte> destination)
    {
        (int start, int count) = (_start, Count);
        int copied = Take(destination);
        (_start, Count) = (start, count);
        return copied;
    }

    public int Put(ReadOnlySpan<byte> source)
    {
        int total = Math.Min(source.Length, FreeBytes);
        int end = (_start + Count) % _buffer.Length;
        int first = Math.Min(total, _buffer.Length - end);
        source[..first].CopyTo(_buffer.AsSpan(end));
        source[first..total].CopyTo(_buffer);
        Count += total;
        return total;
    }

    public void Resize(int capacityBytes)
    {
        Invariant.Require(capacityBytes >= Count && capacityBytes <= CapacityBytesMax);
        byte[] buffer = new byte[capacityBytes];
        int count = Take(buffer);
        (_buffer, _start, Count) = (buffer, 0, count);
    }
}
