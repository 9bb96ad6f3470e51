using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>An alarm by the host's steady clock that one thread waits for, and any may set: a timer of the
/// kernel's (timerfd_create(2)), which is as exact as the host can.</summary>
public sealed partial class HostAlarm : SafeHandle
{
    private const int Monotonic = 1;
    private const int CloseOnExec = 0x8_0000;
    private const int Absolute = 1;
    private const int Interrupted = 4;
    private const int Failed = -1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public HostAlarm()
        : base(-1, ownsHandle: true)
    {
        int descriptor = timerfd_create(Monotonic, CloseOnExec);
        if (descriptor == Failed)
        {
            throw new NativeCallException("timerfd_create", "an alarm", Marshal.GetLastPInvokeError());
        }

        SetHandle(descriptor);
    }

    public override bool IsInvalid => handle == -1;

    /// <summary>In place of what was set before, also of an alarm that nobody has waited for yet. Any thread.
    /// </summary>
    /// <param name="hostNanoseconds">By <see cref="SliceTimer.HostNanoseconds"/>; a past time is now;
    /// MaxValue: never.</param>
    public void Set(long hostNanoseconds)
    {
        // A time of zero would switch it off.
        long at = hostNanoseconds == long.MaxValue ? 0 : Math.Max(1, hostNanoseconds);
        unsafe
        {
            // SAFETY: the call reads a struct itimerspec of four words.
            long* value = stackalloc long[4];
            value[0] = 0;
            value[1] = 0;
            value[2] = at / NanosecondsPerSecond;
            value[3] = at % NanosecondsPerSecond;
            if (timerfd_settime(this, Absolute, value, null) == Failed)
            {
                throw new NativeCallException("timerfd_settime", "an alarm", Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>Until it goes off, which it then has not done any more.</summary>
    public void Wait()
    {
        unsafe
        {
            // SAFETY: the call writes the eight bytes here.
            ulong count = 0;
            while (read(this, &count, sizeof(ulong)) == Failed)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno != Interrupted)
                {
                    throw new NativeCallException("read", "an alarm", errno);
                }
            }
        }
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int timerfd_create(int clock, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int timerfd_settime(HostAlarm alarm, int flags, long* value, long* old);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(HostAlarm alarm, ulong* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
