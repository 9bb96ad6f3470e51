using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("When detail windows begin, and how long they are (events.level: sampled).")]
internal sealed record SamplingJob
{
    public const int DefaultWindow = 1_000;
    public const int DefaultWarmup = 2_000;
    public const long DefaultPeriod = 100_000;

    public static VirtualDuration EveryMin => VirtualDuration.FromMicroseconds(100);

    public static VirtualDuration WrittenPagesMin => VirtualDuration.FromMilliseconds(1);

    public static VirtualDuration EveryMax => VirtualDuration.FromSeconds(3600);

    [Description("With engine: kvm, run time of a core (CPU time of guest code, before tdf) in which one window "
        + "begins, at a time drawn by lot. 100us to 3600s.")]
    public VirtualDuration Every { get; init; } = VirtualDuration.FromMilliseconds(100);

    [Description("With the translator, instructions of a core in which one window is, drawn by lot: a multiple "
        + "of window, 10^12 at most. The stall of all others is estimated from windows, and is in virtual time. "
        + "Before the first, as many instructions, 100000 at most, are timed whole.")]
    public long Period { get; init; } = DefaultPeriod;

    [Description("Instructions that a window measures.")]
    public int Window { get; init; } = DefaultWindow;

    [Description("Instructions before them that are timed, warm the caches, and are not measured. Both "
        + "together: 100000 at most with engine: kvm, 10^9 with the translator.")]
    public int Warmup { get; init; } = DefaultWarmup;

    [Description("With the translator. functional: caches see all accesses between windows, so that they are "
        + "as warm as in a whole run. detailed: they see windows and their warm-ups alone; faster, and off by "
        + "what that leaves cold, which warmLow and warmHigh bound.")]
    public SampleWarming Warming { get; init; } = SampleWarming.Functional;
}
