using System.Numerics;

namespace Dilaton.Models.Memory;

/// <summary>A memory's clock edges in picoseconds, exactly: edge n is at n x 10^12 / f. Both ways
/// round up, so that nothing begins before its edge nor ends before its time.</summary>
internal readonly struct DramClock
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly ulong _picoseconds;
    private readonly ulong _clocks;

    public DramClock(ulong hertz)
    {
        ulong divisor = (ulong)BigInteger.GreatestCommonDivisor(PicosecondsPerSecond, hertz);
        (_picoseconds, _clocks) = (PicosecondsPerSecond / divisor, hertz / divisor);
    }

    /// <summary>First edge at or after an instant.</summary>
    public long EdgeFrom(ulong picoseconds) => (long)Scale(picoseconds, _clocks, _picoseconds);

    /// <summary>First whole picosecond at or after an edge.</summary>
    public ulong TimeOf(long edge) => Scale((ulong)edge, _picoseconds, _clocks);

    private static ulong Scale(ulong value, ulong by, ulong over)
    {
        ulong high = Math.BigMul(value, by, out ulong low);
        return high == 0 && low <= ulong.MaxValue - over
            ? (low + over - 1) / over
            : checked((ulong)((new UInt128(high, low) + over - 1) / over));
    }
}
