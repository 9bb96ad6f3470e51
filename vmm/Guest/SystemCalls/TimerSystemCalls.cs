using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>Timers that send signals: alarm, setitimer, timer_create and what belongs to them.
/// </summary>
internal static class TimerSystemCalls
{
    private const int TIMER_ABSTIME = 1;
    private const int SIGEV_SIGNAL = 0;
    private const int SIGEV_NONE = 1;
    private const int SIGEV_THREAD = 2;
    private const int SIGEV_THREAD_ID = 4;
    private const int PendingSignalsLimit = 11;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;
    private const ulong PicosecondsPerMicrosecond = 1_000_000;

    public static void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Trivial;
        table.AddKernel(36, "getitimer", Cost, GetInterval);
        table.AddKernel(37, "alarm", Cost, Alarm);
        table.AddKernel(38, "setitimer", Cost, SetInterval);
        table.AddKernel(222, "timer_create", Cost, Create);
        table.AddKernel(223, "timer_settime", Cost, Set);
        table.AddKernel(224, "timer_gettime", Cost, Get);
        table.AddKernel(225, "timer_getoverrun", Cost, c => With(c, t => t.Overruns));
        table.AddKernel(226, "timer_delete", Cost, c => With(c, t =>
        {
            c.Process.Timers.Delete(t);
            return 0;
        }));
    }

    private static SystemCallResult GetInterval(KernelCall call) =>
        (uint)call.Argument(0) >= ProcessTimers.IntervalTimers ? -Errno.EINVAL
        : TryWriteInterval(call, call.Argument(1)) ? 0 : -Errno.EFAULT;

    private static SystemCallResult SetInterval(KernelCall call)
    {
        if ((uint)call.Argument(0) >= ProcessTimers.IntervalTimers)
        {
            return -Errno.EINVAL;
        }

        ulong interval = 0;
        ulong value = 0;
        ulong address = call.Argument(1);
        int error = address == 0 ? 0 : TryReadMicroseconds(call, address, out interval);
        error = address == 0 || error != 0
            ? error
            : TryReadMicroseconds(call, address + 16, out value);
        if (error != 0)
        {
            return -error;
        }

        IntervalTimer timer = call.Process.Timers.Interval((int)call.Argument(0));
        Span<byte> old = stackalloc byte[32];
        WriteInterval(old, timer);
        Set(timer, value, interval);
        return call.Argument(2) == 0 || call.Memory.TryWrite(call.Argument(2), old)
            ? 0
            : -Errno.EFAULT;
    }

    private static SystemCallResult Alarm(KernelCall call)
    {
        IntervalTimer timer = call.Process.Timers.Interval(0);
        ulong rest = timer.Remaining;
        Set(timer, (uint)call.Argument(0) * PicosecondsPerSecond, 0);
        ulong seconds = rest / PicosecondsPerSecond;
        ulong part = rest % PicosecondsPerSecond;
        bool roundsUp = part >= PicosecondsPerSecond / 2 || (seconds == 0 && part > 0);
        return (long)(roundsUp ? seconds + 1 : seconds);
    }

    private static SystemCallResult Create(KernelCall call)
    {
        GuestProcess process = call.Process;
        int error = TryGetClock(call, call.Int32Argument(0), out TimerClock? clock);
        if (error != 0)
        {
            return -error;
        }

        int id = process.Timers.TakeId();
        int signal = Signal.SIGALRM;
        ulong value = (uint)id;
        GuestThread? target = null;
        if (call.Argument(1) != 0)
        {
            error = TryReadEvent(call, out signal, out value, out target);
            if (error != 0)
            {
                return -error;
            }
        }

        if ((ulong)process.Timers.Count >= process.Limits.Get(PendingSignalsLimit).Soft)
        {
            return -Errno.EAGAIN;
        }

        if (!call.Memory.TryWrite(call.Argument(2), id))
        {
            return -Errno.EFAULT;
        }

        process.Timers.Add(new PosixTimer(process, clock!, id, target, signal, value));
        return 0;
    }

    /// <summary>struct sigevent: value, signal, kind of notice, thread.</summary>
    private static int TryReadEvent(
        KernelCall call, out int signal, out ulong value, out GuestThread? target)
    {
        ulong address = call.Argument(1);
        signal = 0;
        target = null;
        if (!call.Memory.TryRead(address, out value)
            || !call.Memory.TryRead(address + 8, out signal)
            || !call.Memory.TryRead(address + 12, out int notice)
            || !call.Memory.TryRead(address + 16, out int thread))
        {
            value = 0;
            return Errno.EFAULT;
        }

        if (notice == SIGEV_NONE)
        {
            signal = 0;
            return 0;
        }

        if (notice == SIGEV_THREAD_ID)
        {
            target = call.Process.Find(thread);
            notice = target is null ? -1 : SIGEV_SIGNAL;
        }

        return notice is SIGEV_SIGNAL or SIGEV_THREAD && signal is > 0 and <= Signal.NumberMax
            ? 0
            : Errno.EINVAL;
    }

    private static int TryGetClock(KernelCall call, int clockId, out TimerClock? clock)
    {
        clock = null;
        switch (clockId)
        {
            case GuestClocks.CLOCK_REALTIME or GuestClocks.CLOCK_MONOTONIC
                or GuestClocks.CLOCK_BOOTTIME or GuestClocks.CLOCK_TAI:
                clock = TimerClock.Wall(call.Process, clockId);
                return 0;
            case GuestClocks.CLOCK_REALTIME_ALARM or GuestClocks.CLOCK_BOOTTIME_ALARM:
                return Errno.EPERM;
            case GuestClocks.CLOCK_REALTIME_COARSE or GuestClocks.CLOCK_MONOTONIC_COARSE
                or GuestClocks.CLOCK_MONOTONIC_RAW:
                return Errno.EOPNOTSUPP;
            default:
                bool found = TimeSystemCalls.TryFindCpuClock(
                    call, clockId, out GuestThread? thread);
                clock = found ? TimerClock.Cpu(call.Process, clockId, thread) : null;
                return found ? 0 : Errno.EINVAL;
        }
    }

    private static SystemCallResult Set(KernelCall call)
    {
        ulong address = call.Argument(2);
        int error = TimeArguments.TryReadTimespec(call, address, out VirtualDuration interval);
        VirtualDuration value = default;
        error = error != 0
            ? error
            : TimeArguments.TryReadTimespec(call, address + 16, out value);
        if (error != 0)
        {
            return -error;
        }

        return With(call, timer =>
        {
            Span<byte> old = stackalloc byte[32];
            WriteSetting(old, timer);
            bool isAbsolute = (call.Int32Argument(1) & TIMER_ABSTIME) != 0;
            if (isAbsolute && value != VirtualDuration.Zero)
            {
                ulong? at = timer.Clock.IsCpu
                    ? value.Picoseconds
                    : AtOf(call, timer.Clock.ClockId, address + 16);
                timer.Set(at, interval.Picoseconds);
            }
            else
            {
                Set(timer, value.Picoseconds, interval.Picoseconds);
            }

            return call.Argument(3) == 0 || call.Memory.TryWrite(call.Argument(3), old)
                ? 0
                : -Errno.EFAULT;
        });
    }

    private static ulong? AtOf(KernelCall call, int clockId, ulong address)
    {
        bool isRead = call.Memory.TryRead(address, out TimeSpec time);
        Invariant.Require(isRead);
        return call.Kernel.Clocks.At(clockId, time)?.Picoseconds;
    }

    /// <param name="value">From now on, in ps; 0 disarms it.</param>
    private static void Set(SignalTimer timer, ulong value, ulong interval)
    {
        UInt128 at = (UInt128)timer.Clock.Now + value;
        timer.Set(value == 0 || at >= ulong.MaxValue ? null : (ulong)at, interval);
    }

    private static SystemCallResult Get(KernelCall call) => With(call, timer =>
    {
        Span<byte> setting = stackalloc byte[32];
        WriteSetting(setting, timer);
        return call.Memory.TryWrite(call.Argument(1), setting) ? 0 : -Errno.EFAULT;
    });

    private static SystemCallResult With(KernelCall call, Func<PosixTimer, long> act) =>
        call.Process.Timers.Find(call.Int32Argument(0)) is { } timer
            ? act(timer)
            : -Errno.EINVAL;

    private static int TryReadMicroseconds(KernelCall call, ulong address, out ulong picoseconds)
    {
        picoseconds = 0;
        if (!call.Memory.TryRead(address, out TimeSpec time))
        {
            return Errno.EFAULT;
        }

        if (time.Seconds < 0 || time.Nanoseconds is < 0 or >= 1_000_000)
        {
            return Errno.EINVAL;
        }

        UInt128 total = ((UInt128)(ulong)time.Seconds * PicosecondsPerSecond)
            + ((UInt128)(ulong)time.Nanoseconds * PicosecondsPerMicrosecond);
        picoseconds = total >= ulong.MaxValue ? ulong.MaxValue : (ulong)total;
        return 0;
    }

    private static bool TryWriteInterval(KernelCall call, ulong address)
    {
        Span<byte> setting = stackalloc byte[32];
        WriteInterval(setting, call.Process.Timers.Interval((int)call.Argument(0)));
        return call.Memory.TryWrite(address, setting);
    }

    private static void WriteInterval(Span<byte> setting, SignalTimer timer)
    {
        Write(setting, timer.Interval, PicosecondsPerMicrosecond);

        // What is left of a microsecond still is left.
        ulong rest = timer.Remaining;
        Write(
            setting[16..],
            rest is > 0 and < PicosecondsPerMicrosecond ? PicosecondsPerMicrosecond : rest,
            PicosecondsPerMicrosecond);
    }

    private static void WriteSetting(Span<byte> setting, SignalTimer timer)
    {
        Write(setting, timer.Interval, 1_000);
        Write(setting[16..], timer.Remaining, 1_000);
    }

    private static void Write(Span<byte> time, ulong picoseconds, ulong unit)
    {
        Blittable.Write(time, picoseconds / PicosecondsPerSecond);
        Blittable.Write(time[8..], picoseconds % PicosecondsPerSecond / unit);
    }
}
