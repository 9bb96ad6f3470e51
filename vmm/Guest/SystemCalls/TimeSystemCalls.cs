using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Clocks and sleeps, all in virtual time.</summary>
internal static class TimeSystemCalls
{
    private const int TIMER_ABSTIME = 1;
    private const int RUSAGE_SELF = 0;
    private const int RUSAGE_CHILDREN = -1;
    private const int RUSAGE_THREAD = 1;
    private const int ResourceUsageBytes = 144;
    private const int MaxResidentOffset = 32;
    private const ulong ClockTicksPerSecond = 100;

    private const string Unset = "EPERM: virtual time is not the guest's to set";

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(228, "clock_gettime", KernelCostClass.Trivial, GetTime);
        table.AddKernel(229, "clock_getres", KernelCostClass.Trivial, GetResolution);
        table.AddKernel(96, "gettimeofday", KernelCostClass.Trivial, GetTimeOfDay);
        table.AddKernel(201, "time", KernelCostClass.Trivial, Time);
        table.AddKernel(35, "nanosleep", KernelCostClass.Wait, NanoSleep);
        table.AddKernel(230, "clock_nanosleep", KernelCostClass.Wait, ClockNanoSleep);
        table.AddKernel(100, "times", KernelCostClass.Trivial, Times);
        table.AddKernel(98, "getrusage", KernelCostClass.Trivial, GetResourceUsage);
        table.AddKernel(227, "clock_settime", KernelCostClass.Trivial, SetTime, Unset);
        table.AddConstant(164, "settimeofday", -Errno.EPERM, Unset);
        ClockDiscipline.Register(table);
    }

    private static SystemCallResult SetTime(KernelCall call) =>
        call.Int32Argument(0) == GuestClocks.CLOCK_REALTIME ? -Errno.EPERM : -Errno.EINVAL;

    private static SystemCallResult GetTime(KernelCall call) =>
        !TryRead(call, call.Int32Argument(0), out TimeSpec time) ? -Errno.EINVAL
        : call.Memory.TryWrite(call.Argument(1), time) ? 0 : -Errno.EFAULT;

    private static bool TryRead(KernelCall call, int clockId, out TimeSpec time)
    {
        if (GuestClocks.IsRealtime(clockId) || GuestClocks.IsMonotonic(clockId))
        {
            time = call.Kernel.Clocks.Read(clockId);
            return true;
        }

        bool found = TryReadCpuTime(call, clockId, out VirtualDuration used);
        time = GuestClocks.ToTimeSpec(used);
        return found;
    }

    private static bool TryReadCpuTime(KernelCall call, int clockId, out VirtualDuration used)
    {
        bool found = TryFindCpuClock(call, clockId, out GuestThread? thread);
        used = !found ? default : thread?.CpuTimeAt(call.Now) ?? call.Process.CpuTimeAt(call.Now);
        return found;
    }

    /// <summary>CPU clocks: the two fixed ones, and the dynamic ones that clock_getcpuclockid and
    /// pthread_getcpuclockid make (~id shifted left by 3, bit 2 for a thread).</summary>
    /// <param name="thread">Null for that of the whole process.</param>
    public static bool TryFindCpuClock(KernelCall call, int clockId, out GuestThread? thread)
    {
        thread = clockId == GuestClocks.CLOCK_THREAD_CPUTIME_ID ? call.Thread : null;
        if (clockId >= 0)
        {
            return clockId is GuestClocks.CLOCK_PROCESS_CPUTIME_ID
                or GuestClocks.CLOCK_THREAD_CPUTIME_ID;
        }

        int id = ~(clockId >> 3);
        bool isThread = (clockId & 4) != 0;
        thread = !isThread ? null : id == 0 ? call.Thread : call.Process.Find(id);
        return isThread ? thread is not null : id == 0 || id == call.ProcessId;
    }

    private static SystemCallResult GetResolution(KernelCall call)
    {
        if (!TryRead(call, call.Int32Argument(0), out _))
        {
            return -Errno.EINVAL;
        }

        ulong address = call.Argument(1);
        return address == 0 || call.Memory.TryWrite(address, new TimeSpec(0, 1))
            ? 0
            : -Errno.EFAULT;
    }

    private static SystemCallResult GetTimeOfDay(KernelCall call)
    {
        TimeSpec now = call.Kernel.Clocks.Read(GuestClocks.CLOCK_REALTIME);
        ulong time = call.Argument(0);
        ulong zone = call.Argument(1);
        return (time == 0
                || call.Memory.TryWrite(time, new TimeSpec(now.Seconds, now.Nanoseconds / 1000)))
            && (zone == 0 || call.Memory.TryWrite(zone, 0UL))
            ? 0
            : -Errno.EFAULT;
    }

    private static SystemCallResult Time(KernelCall call)
    {
        long now = call.Kernel.Clocks.Read(GuestClocks.CLOCK_REALTIME).Seconds;
        ulong address = call.Argument(0);
        return address == 0 || call.Memory.TryWrite(address, now) ? now : -Errno.EFAULT;
    }

    private static SystemCallResult NanoSleep(KernelCall call) =>
        Sleep(call, GuestClocks.CLOCK_MONOTONIC, isAbsolute: false, 0);

    private static SystemCallResult ClockNanoSleep(KernelCall call)
    {
        int clockId = call.Int32Argument(0);
        return GuestClocks.IsRealtime(clockId) || GuestClocks.IsMonotonic(clockId)
            ? Sleep(
                call,
                clockId,
                (call.Int32Argument(1) & TIMER_ABSTIME) != 0,
                2)
            : -Errno.EINVAL;
    }

    /// <param name="argument">Which is the time; behind it is where the rest is told if a signal
    /// ends the sleep.</param>
    private static SystemCallResult Sleep(
        KernelCall call, int clockId, bool isAbsolute, int argument)
    {
        if (call.TimedOut)
        {
            return 0;
        }

        if (!call.Memory.TryRead(call.Argument(argument), out TimeSpec time))
        {
            return -Errno.EFAULT;
        }

        if (!time.IsValid)
        {
            return -Errno.EINVAL;
        }

        VirtualTime? until = isAbsolute
            ? call.Kernel.Clocks.At(clockId, time)
            : GuestClocks.After(call.EnteredAt, time);
        if (until <= call.Now)
        {
            return 0;
        }

        if (call.IsInterrupted && !isAbsolute && call.Argument(argument + 1) != 0)
        {
            VirtualDuration rest = (until ?? VirtualTime.MaxValue) - call.Now;
            if (!call.Memory.TryWrite(call.Argument(argument + 1), GuestClocks.ToTimeSpec(rest)))
            {
                return -Errno.EFAULT;
            }
        }

        return SystemCallResult.Block(new WaitRequest([], until, "sleep")
        {
            WhenInterrupted = -Errno.ERESTARTNOHAND,
        });
    }

    private static SystemCallResult Times(KernelCall call)
    {
        ulong now = Ticks(call.Now - VirtualTime.Zero);
        ulong address = call.Argument(0);
        if (address != 0)
        {
            Span<byte> tms = stackalloc byte[32];
            tms.Clear();
            Native.Blittable.Write(tms, Ticks(call.Process.CpuTimeAt(call.Now)));
            if (!call.Memory.TryWrite(address, tms))
            {
                return -Errno.EFAULT;
            }
        }

        return (long)now;
    }

    private static ulong Ticks(VirtualDuration span) =>
        span.Picoseconds / (1_000_000_000_000 / ClockTicksPerSecond);

    private static SystemCallResult GetResourceUsage(KernelCall call)
    {
        int who = call.Int32Argument(0);
        if (who is not (RUSAGE_SELF or RUSAGE_CHILDREN or RUSAGE_THREAD))
        {
            return -Errno.EINVAL;
        }

        VirtualDuration used = who switch
        {
            RUSAGE_SELF => call.Process.CpuTimeAt(call.Now),
            RUSAGE_THREAD => call.Thread.CpuTimeAt(call.Now),
            _ => call.Process.ChildrenCpuTime,
        };
        TimeSpec time = GuestClocks.ToTimeSpec(used);
        Span<byte> usage = stackalloc byte[ResourceUsageBytes];
        usage.Clear();
        Native.Blittable.Write(usage, new TimeSpec(time.Seconds, time.Nanoseconds / 1000));
        if (who != RUSAGE_CHILDREN)
        {
            Native.Blittable.Write(
                usage[MaxResidentOffset..], call.Process.Memory.CommittedBytes / 1024);
        }

        return call.Memory.TryWrite(call.Argument(1), usage) ? 0 : -Errno.EFAULT;
    }
}
