namespace Dilaton.Models.Network;

/// <summary>When a link is free, exactly: whole picoseconds and parts of one, of which the time of any
/// number of bytes is a whole number. So what is rounded up to a picosecond, an arrival, is rounded
/// once, and frames behind each other do not drift. Bits x 10^12 stay below 2^64 for all sizes that
/// the options let through.</summary>
internal struct LinkClock(ulong bitsPerSecond)
{
    private const ulong BitPicosecondsPerByte = 8 * 1_000_000_000_000UL;

    // The usual bandwidths give a whole number of picoseconds a byte.
    private readonly ulong _perByte = BitPicosecondsPerByte % bitsPerSecond == 0
        ? BitPicosecondsPerByte / bitsPerSecond
        : 0;

    private ulong _free;
    private ulong _freeParts;

    /// <summary>The picosecond in which the link gets free: what comes within it does not wait.
    /// </summary>
    public readonly ulong FreeAt => _free;

    /// <summary>Time of bytes on an idle link, rounded up.</summary>
    public readonly ulong Duration(int bytes)
    {
        ulong count = (uint)bytes;
        return _perByte != 0
            ? count * _perByte
            : ((count * BitPicosecondsPerByte) + (bitsPerSecond - 1)) / bitsPerSecond;
    }

    /// <summary>Sends now or, if it is busy, from its end on.</summary>
    /// <returns>When the last bit goes in, rounded up.</returns>
    public ulong Send(ulong now, int bytes)
    {
        if (_free < now)
        {
            (_free, _freeParts) = (now, 0);
        }

        ulong count = (uint)bytes;
        if (_perByte != 0)
        {
            _free = checked(_free + (count * _perByte));
            return _free;
        }

        (ulong whole, ulong parts) = Math.DivRem(count * BitPicosecondsPerByte, bitsPerSecond);
        parts += _freeParts;
        ulong carry = parts >= bitsPerSecond ? 1UL : 0;
        _free = checked(_free + whole + carry);
        _freeParts = parts - (carry * bitsPerSecond);
        return _freeParts == 0 ? _free : checked(_free + 1);
    }
}
