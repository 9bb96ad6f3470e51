using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("When detail windows begin, and how long they are (events.level: sampled).")]
internal sealed record SamplingJob
{
    public const int DefaultWindow = 1_000;
    public const int DefaultWarmup = 2_000;

    public static VirtualDuration EveryMin => VirtualDuration.FromMicroseconds(100);

    public static VirtualDuration WrittenPagesMin => VirtualDuration.FromMilliseconds(1);

    public static VirtualDuration EveryMax => VirtualDuration.FromSeconds(3600);

    [Description("Run time of a core (CPU time of guest code, before tdf) in which one window begins, at a "
        + "time drawn by lot. 100us to 3600s.")]
    public VirtualDuration Every { get; init; } = VirtualDuration.FromMilliseconds(100);

    [Description("Instructions that a window measures.")]
    public int Window { get; init; } = DefaultWindow;

    [Description("Instructions before them that warm the caches and are not measured. Both together: "
        + "100000 at most.")]
    public int Warmup { get; init; } = DefaultWarmup;
}
