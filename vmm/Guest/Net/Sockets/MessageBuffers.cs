namespace Dilaton.Guest;

/// <summary>A message's place in guest memory, piece by piece, and how far it has been used.
/// </summary>
internal sealed class MessageBuffers
{
    /// <summary>As MAX_RW_COUNT: no call moves more.</summary>
    private const ulong TransferBytesMax = 0x7fff_f000;

    private readonly IUserMemory _memory;
    private readonly IoSegment[] _segments;
    private readonly bool _isForReceiving;
    private int _segment;
    private ulong _within;

    public MessageBuffers(IUserMemory memory, IoSegment[] segments, bool isForReceiving)
    {
        (_memory, _segments, _isForReceiving) = (memory, segments, isForReceiving);
        ulong total = 0;
        foreach (IoSegment segment in segments)
        {
            total += Math.Min(segment.LengthBytes, TransferBytesMax);
        }

        LengthBytes = (long)Math.Min(total, TransferBytesMax);
    }

    public long LengthBytes { get; }

    public long DoneBytes { get; private set; }

    public long RestBytes => LengthBytes - DoneBytes;

    /// <summary>The next piece that lies in one place; empty at the end.</summary>
    /// <returns>False if the memory is not the guest's.</returns>
    public bool TryGetNext(out Span<byte> span)
    {
        span = default;
        if (RestBytes == 0)
        {
            return true;
        }

        while (_within == _segments[_segment].LengthBytes)
        {
            (_segment, _within) = (_segment + 1, 0);
        }

        IoSegment at = _segments[_segment];
        ulong length = Math.Min(at.LengthBytes - _within, (ulong)RestBytes);
        return _memory.TryGetSpan(at.Address + _within, length, _isForReceiving, out span)
            && span.Length > 0;
    }

    /// <summary>So many bytes of the piece were used.</summary>
    public void Advance(int count)
    {
        _memory.Commit(_segments[_segment].Address + _within, (ulong)count, _isForReceiving);
        _within += (ulong)count;
        DoneBytes += count;
    }

    /// <summary>Passes over what an earlier try of the call has done.</summary>
    public void Skip(long count)
    {
        DoneBytes += count;
        while (count > 0)
        {
            ulong step = Math.Min((ulong)count, _segments[_segment].LengthBytes - _within);
            _within += step;
            count -= (long)step;
            if (count > 0)
            {
                (_segment, _within) = (_segment + 1, 0);
            }
        }
    }

    /// <summary>Collects a whole message.</summary>
    public bool TryGather(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryGetNext(out Span<byte> span))
            {
                return false;
            }

            int count = Math.Min(span.Length, destination.Length);
            span[..count].CopyTo(destination);
            Advance(count);
            destination = destination[count..];
        }

        return true;
    }

    /// <summary>Puts down as much of a message as there is room for.</summary>
    public bool TryScatter(ReadOnlySpan<byte> source)
    {
        source = source[..(int)Math.Min(source.Length, RestBytes)];
        while (!source.IsEmpty)
        {
            if (!TryGetNext(out Span<byte> span))
            {
                return false;
            }

            int count = Math.Min(span.Length, source.Length);
            source[..count].CopyTo(span);
            Advance(count);
            source = source[count..];
        }

        return true;
    }
}
