using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The sending side of an interface: frames leave one behind the other at its bandwidth.
/// Bits are summed while it is busy and become time once, so that no rounding adds up.</summary>
/// <param name="physical">In which the bandwidth is meant; null: virtual time.</param>
public sealed class TransmitLine(
    ulong bitsPerSecond, int framesMax, PhysicalTime? physical = null)
{
    private const ulong BitsPerByte = 8;

    private readonly Frequency _rate = new(bitsPerSecond);
    private readonly Queue<VirtualTime> _ends = new();
    private VirtualTime _entered;
    private VirtualTime _busyFrom;
    private VirtualTime _freeAt;
    private UInt128 _bits;

    /// <summary>Frames whose last bit has not left.</summary>
    private int CountWaiting(VirtualTime now)
    {
        while (_ends.TryPeek(out VirtualTime end) && end <= now)
        {
            _ends.Dequeue();
        }

        return _ends.Count;
    }

    /// <param name="at">When the frame is made; one that was begun later is behind it.</param>
    /// <param name="departure">When the first bit leaves.</param>
    /// <param name="end">When the last one has.</param>
    /// <returns>False if the queue is full.</returns>
    public bool TryEnter(
        VirtualTime at, int frameBytes, out VirtualTime departure, out VirtualTime end)
    {
        _entered = VirtualTime.Max(_entered, at);
        if (CountWaiting(_entered) >= framesMax)
        {
            departure = end = _entered;
            return false;
        }

        if (_freeAt <= _entered)
        {
            (_busyFrom, _bits) = (physical?.At(_entered) ?? _entered, 0);
        }

        departure = AfterBits();
        _bits += (ulong)frameBytes * BitsPerByte;
        end = AfterBits();
        _freeAt = end;
        _ends.Enqueue(end);
        return true;
    }

    private VirtualTime AfterBits()
    {
        VirtualTime time = _busyFrom + _rate.ToDuration(_bits);
        return physical?.ToVirtual(time) ?? time;
    }
}
