using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>adjtimex(2): a clock that nobody disciplines and nobody may set.</summary>
internal static class ClockDiscipline
{
    private const string Unset = "tells a clock that nobody disciplines; to change it: EPERM";

    /// <summary><c>struct timex</c> and places in it.</summary>
    private const int SizeBytes = 208;
    private const int MaximumErrorAt = 24;
    private const int EstimatedErrorAt = 32;
    private const int StatusAt = 40;
    private const int ConstantAt = 48;
    private const int PrecisionAt = 56;
    private const int ToleranceAt = 64;
    private const int TimeAt = 72;
    private const int TickAt = 88;

    /// <summary>Of a clock that is not synchronized (linux/timex.h).</summary>
    private const int STA_UNSYNC = 0x40;
    private const int TIME_ERROR = 5;
    private const long ErrorMicroseconds = 16_000_000;
    private const long ToleranceScaled = 32_768_000;
    private const long TickMicroseconds = 10_000;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(159, "adjtimex", KernelCostClass.Trivial, c => Adjust(c, 0), Unset);
        table.AddKernel(305, "clock_adjtime", KernelCostClass.Trivial, AdjustClock, Unset);
    }

    private static SystemCallResult AdjustClock(KernelCall call) =>
        call.Int32Argument(0) == GuestClocks.CLOCK_REALTIME ? Adjust(call, 1)
        : GuestClocks.IsRealtime(call.Int32Argument(0))
            || GuestClocks.IsMonotonic(call.Int32Argument(0)) ? -Errno.EOPNOTSUPP
        : -Errno.EINVAL;

    private static SystemCallResult Adjust(KernelCall call, int argument)
    {
        ulong address = call.Argument(argument);
        Span<byte> timex = stackalloc byte[SizeBytes];
        if (!call.Memory.TryRead(address, timex))
        {
            return -Errno.EFAULT;
        }

        if (Blittable.Read<int>(timex) != 0)
        {
            return -Errno.EPERM;
        }

        timex.Clear();
        Blittable.Write(timex[MaximumErrorAt..], ErrorMicroseconds);
        Blittable.Write(timex[EstimatedErrorAt..], ErrorMicroseconds);
        Blittable.Write(timex[StatusAt..], STA_UNSYNC);
        Blittable.Write(timex[ConstantAt..], 2L);
        Blittable.Write(timex[PrecisionAt..], 1L);
        Blittable.Write(timex[ToleranceAt..], ToleranceScaled);
        TimeSpec now = call.Kernel.Clocks.Read(GuestClocks.CLOCK_REALTIME);
        Blittable.Write(timex[TimeAt..], new TimeSpec(now.Seconds, now.Nanoseconds / 1000));
        Blittable.Write(timex[TickAt..], TickMicroseconds);
        return call.Memory.TryWrite(address, timex) ? TIME_ERROR : -Errno.EFAULT;
    }
}
