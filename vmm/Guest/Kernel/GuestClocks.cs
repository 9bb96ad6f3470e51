using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The clocks that a guest reads, all of them the node's virtual time: CLOCK_MONOTONIC
/// is the time since power-on, CLOCK_REALTIME adds the epoch.</summary>
internal sealed class GuestClocks(INodeClock clock, long epochSeconds)
{
    public const int CLOCK_REALTIME = 0;
    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_PROCESS_CPUTIME_ID = 2;
    public const int CLOCK_THREAD_CPUTIME_ID = 3;
    public const int CLOCK_MONOTONIC_RAW = 4;
    public const int CLOCK_REALTIME_COARSE = 5;
    public const int CLOCK_MONOTONIC_COARSE = 6;
    public const int CLOCK_BOOTTIME = 7;
    public const int CLOCK_REALTIME_ALARM = 8;
    public const int CLOCK_BOOTTIME_ALARM = 9;
    public const int CLOCK_TAI = 11;

    public const ulong NanosecondsPerSecond = 1_000_000_000;

    private const ulong PicosecondsPerNanosecond = 1_000;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    /// <summary>Seconds since 1970 of virtual time 0.</summary>
    public long EpochSeconds => epochSeconds;

    public static bool IsRealtime(int clockId) => clockId is CLOCK_REALTIME
        or CLOCK_REALTIME_COARSE or CLOCK_REALTIME_ALARM or CLOCK_TAI;

    public static bool IsMonotonic(int clockId) => clockId is CLOCK_MONOTONIC
        or CLOCK_MONOTONIC_RAW or CLOCK_MONOTONIC_COARSE or CLOCK_BOOTTIME
        or CLOCK_BOOTTIME_ALARM;

    /// <summary>A span of virtual time as the kernel's struct timespec, rounded down.</summary>
    public static TimeSpec ToTimeSpec(VirtualDuration span) => new(
        (long)(span.Picoseconds / PicosecondsPerSecond),
        (long)(span.Picoseconds % PicosecondsPerSecond / PicosecondsPerNanosecond));

    /// <summary>The instant at which a wait that starts at <paramref name="from"/> ends.</summary>
    /// <returns>Null if that is beyond the end of virtual time: never.</returns>
    public static VirtualTime? After(VirtualTime from, TimeSpec span)
    {
        UInt128 at = (UInt128)from.Picoseconds + Picoseconds(span);
        return at >= ulong.MaxValue ? null : VirtualTime.FromPicoseconds((ulong)at);
    }

    /// <summary>REALTIME or MONOTONIC.</summary>
    public TimeSpec Read(int clockId)
    {
        TimeSpec sincePowerOn = ToTimeSpec(clock.Now - VirtualTime.Zero);
        return IsRealtime(clockId)
            ? sincePowerOn with { Seconds = sincePowerOn.Seconds + epochSeconds }
            : sincePowerOn;
    }

    /// <summary>The instant at which the clock shows a time; power-on if it did before.</summary>
    /// <returns>Null if that is beyond the end of virtual time: never.</returns>
    public VirtualTime? At(int clockId, TimeSpec time)
    {
        if (IsRealtime(clockId))
        {
            if (time.Seconds < epochSeconds)
            {
                return VirtualTime.Zero;
            }

            time = time with { Seconds = time.Seconds - epochSeconds };
        }

        return After(VirtualTime.Zero, time);
    }

    private static UInt128 Picoseconds(TimeSpec span) =>
        ((UInt128)(ulong)span.Seconds * PicosecondsPerSecond)
        + ((UInt128)(ulong)span.Nanoseconds * PicosecondsPerNanosecond);
}
