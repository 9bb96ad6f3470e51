using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Run time as a session's cycles: one is a nanosecond of the host, and takes 1 / TDF of that
/// in virtual time.</summary>
internal static class MeasuredTime
{
    /// <summary>How long a vCPU runs before another runnable one: long against what it takes to
    /// interrupt a guest.</summary>
    public const ulong SliceNanoseconds = 1_000_000;

    /// <summary>A slice is no shorter, whatever is due: on slow hosts the way into a guest and out of it
    /// takes 40 us.</summary>
    public const uint SliceLeastNanoseconds = 200_000;

    private const ulong HertzAtOne = 1_000_000_000;

    /// <summary>Rounded down to whole hertz, which is at most a millionth for the smallest factor.
    /// </summary>
    public static Frequency Clock(Ratio tdf) => new(tdf.ScaleDown(HertzAtOne));
}
