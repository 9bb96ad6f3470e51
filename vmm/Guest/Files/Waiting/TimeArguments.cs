using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Reads the time structures of system calls.</summary>
internal static class TimeArguments
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long MicrosecondsPerSecond = 1_000_000;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    /// <summary>Reads <c>struct timespec</c>.</summary>
    /// <param name="duration">Longer than the clock can count is its maximum.</param>
    /// <returns>0, EFAULT or EINVAL.</returns>
    public static int TryReadTimespec(
        SystemCallContext call, ulong address, out VirtualDuration duration)
    {
        duration = default;
        return !call.Memory.TryRead(address, out long seconds)
            || !call.Memory.TryRead(address + 8, out long nanoseconds)
                ? Errno.EFAULT
                : seconds < 0 || nanoseconds is < 0 or >= NanosecondsPerSecond
                    ? Errno.EINVAL
                    : Convert(seconds, (ulong)nanoseconds * 1_000, out duration);
    }

    /// <summary>Reads <c>struct timeval</c>; select(2) takes a fraction above a second.</summary>
    public static int TryReadTimeval(
        SystemCallContext call, ulong address, out VirtualDuration duration)
    {
        duration = default;
        return !call.Memory.TryRead(address, out long seconds)
            || !call.Memory.TryRead(address + 8, out long microseconds)
                ? Errno.EFAULT
                : seconds < 0 || microseconds < 0
                    ? Errno.EINVAL
                    : Convert(
                        seconds + (microseconds / MicrosecondsPerSecond),
                        (ulong)(microseconds % MicrosecondsPerSecond) * 1_000_000,
                        out duration);
    }

    /// <summary>Reads an absolute <c>struct timespec</c> of a clock that showed
    /// <paramref name="originSeconds"/> at power-on.</summary>
    /// <param name="instant">Null is beyond the clock's range, which is never.</param>
    public static int TryReadInstant(
        SystemCallContext call, ulong address, long originSeconds, out VirtualTime? instant)
    {
        instant = null;
        if (!call.Memory.TryRead(address, out long seconds)
            || !call.Memory.TryRead(address + 8, out long nanoseconds))
        {
            return Errno.EFAULT;
        }

        if (seconds < 0 || nanoseconds is < 0 or >= NanosecondsPerSecond)
        {
            return Errno.EINVAL;
        }

        Int128 total = (((Int128)seconds - originSeconds) * PicosecondsPerSecond)
            + ((Int128)nanoseconds * 1_000);
        instant = total <= 0 ? VirtualTime.Zero
            : total >= ulong.MaxValue ? null
            : new VirtualTime((ulong)total);
        return 0;
    }

    /// <summary>When a wait that begins now ends; null if that is beyond the clock's range, which
    /// is never.</summary>
    public static VirtualTime? ToDeadline(VirtualTime now, VirtualDuration duration) =>
        duration.Picoseconds >= ulong.MaxValue - now.Picoseconds ? null : now + duration;

    public static bool TryWriteTimespec(
        SystemCallContext call, ulong address, VirtualDuration duration) =>
        call.Memory.TryWrite(address, (long)(duration.Picoseconds / PicosecondsPerSecond))
        && call.Memory.TryWrite(
            address + 8, (long)(duration.Picoseconds % PicosecondsPerSecond / 1_000));

    public static bool TryWriteTimeval(
        SystemCallContext call, ulong address, VirtualDuration duration) =>
        call.Memory.TryWrite(address, (long)(duration.Picoseconds / PicosecondsPerSecond))
        && call.Memory.TryWrite(
            address + 8, (long)(duration.Picoseconds % PicosecondsPerSecond / 1_000_000));

    private static int Convert(long seconds, ulong picoseconds, out VirtualDuration duration)
    {
        UInt128 total = ((UInt128)(ulong)seconds * PicosecondsPerSecond) + picoseconds;
        duration = total >= ulong.MaxValue
            ? VirtualDuration.MaxValue
            : new VirtualDuration((ulong)total);
        return 0;
    }
}
