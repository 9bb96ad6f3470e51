using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>Waits by the host's clock, to the microsecond where the host can.</summary>
public static partial class HostSleep
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Returns sooner if a signal comes.</summary>
    public static void For(long nanoseconds)
    {
        unsafe
        {
            // SAFETY: the call reads a struct timespec of two words and writes nothing.
            long* time = stackalloc long[2];
            time[0] = nanoseconds / NanosecondsPerSecond;
            time[1] = nanoseconds % NanosecondsPerSecond;
            _ = nanosleep(time, null);
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int nanosleep(long* time, long* left);
}
