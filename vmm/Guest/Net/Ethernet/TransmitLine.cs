using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The sending side of an interface: frames leave one behind the other at its bandwidth.
/// Bits are summed while it is busy and become time once, so that no rounding adds up.</summary>
internal sealed class TransmitLine(ulong bitsPerSecond, int framesMax)
{
    private const ulong BitsPerByte = 8;

    private readonly Frequency _rate = new(bitsPerSecond);
    private readonly Queue<VirtualTime> _ends = new();
    private VirtualTime _busyFrom;
    private VirtualTime _freeAt;
    private UInt128 _bits;

    /// <summary>Frames whose last bit has not left.</summary>
    public int CountWaiting(VirtualTime now)
    {
        while (_ends.TryPeek(out VirtualTime end) && end <= now)
        {
            _ends.Dequeue();
        }

        return _ends.Count;
    }

    /// <param name="departure">When the first bit leaves.</param>
    /// <param name="end">When the last one has.</param>
    /// <returns>False if the queue is full.</returns>
    public bool TryEnter(
        VirtualTime now, int frameBytes, out VirtualTime departure, out VirtualTime end)
    {
        if (CountWaiting(now) >= framesMax)
        {
            departure = end = now;
            return false;
        }

        if (_freeAt <= now)
        {
            (_busyFrom, _bits) = (now, 0);
        }

        departure = _busyFrom + _rate.ToDuration(_bits);
        _bits += (ulong)frameBytes * BitsPerByte;
        end = _busyFrom + _rate.ToDuration(_bits);
        _freeAt = end;
        _ends.Enqueue(end);
        return true;
    }
}
