using System.Runtime.InteropServices;

namespace Dilaton.Guest;

/// <summary>The kernel's struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TimeSpec(long Seconds, long Nanoseconds)
{
    public bool IsValid =>
        Seconds >= 0 && Nanoseconds is >= 0 and < (long)GuestClocks.NanosecondsPerSecond;
}
