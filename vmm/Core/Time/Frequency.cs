namespace Dilaton.Core;

/// <summary>A clock rate in whole hertz.</summary>
public readonly record struct Frequency(ulong Hertz) : IComparable<Frequency>
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    /// <summary>Instant at which cycle <paramref name="cycles"/> begins, rounded down to 1 ps.
    /// </summary>
    public VirtualDuration ToDuration(UInt128 cycles) =>
        new(checked((ulong)(cycles * PicosecondsPerSecond / Hertz)));

    /// <summary>Whole cycles that have begun and ended within <paramref name="duration"/>.</summary>
    public ulong CyclesWithin(VirtualDuration duration) =>
        checked((ulong)((UInt128)duration.Picoseconds * Hertz / PicosecondsPerSecond));

    /// <summary>Fewest whole cycles that cover <paramref name="duration"/>.</summary>
    public ulong CyclesCovering(VirtualDuration duration)
    {
        ulong high = Math.BigMul(duration.Picoseconds, Hertz, out ulong low);
        return high == 0 && low <= ulong.MaxValue - (PicosecondsPerSecond - 1)
            ? (low + (PicosecondsPerSecond - 1)) / PicosecondsPerSecond
            : checked((ulong)((new UInt128(high, low) + (PicosecondsPerSecond - 1))
                / PicosecondsPerSecond));
    }

    public int CompareTo(Frequency other) => Hertz.CompareTo(other.Hertz);

    public static bool operator <(Frequency a, Frequency b) => a.Hertz < b.Hertz;

    public static bool operator >(Frequency a, Frequency b) => a.Hertz > b.Hertz;

    public static bool operator <=(Frequency a, Frequency b) => a.Hertz <= b.Hertz;

    public static bool operator >=(Frequency a, Frequency b) => a.Hertz >= b.Hertz;

    public override string ToString() => Quantity.FormatFrequency(Hertz);
}
