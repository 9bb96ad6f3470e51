using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>`struct timespec`.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RingTimeout(int milliseconds)
{
    public readonly long Seconds = milliseconds / 1000;
    public readonly long Nanoseconds = milliseconds % 1000 * 1_000_000L;
}
