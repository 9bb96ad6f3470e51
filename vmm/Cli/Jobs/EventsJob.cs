using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("How much of the guest's memory traffic is simulated.")]
internal sealed record EventsJob
{
    [Description("full: every access. filtered: without what is surely an L1 hit, same result, "
        + "faster. window: accesses to memory.windows alone. sampled: every access of short windows of "
        + "instructions; the translator estimates all other stall from them, and with engine: kvm they "
        + "change no time. off: no caches, no stall. engine: kvm's default is window where there is one, "
        + "else off.")]
    public MemoryEventLevel Level { get; init; } = MemoryEventLevel.Filtered;

    [Description("switch: events are off but between the guest's work-begin and work-end marks. "
        + "statistics: they are set to zero where the outermost of these marks begins, and written "
        + "where it ends. ignore: the marks do neither.")]
    public RegionMarks RegionMarks { get; init; } = RegionMarks.Ignore;

    [Description("Run time of a node (CPU time of guest code, before tdf) after which the pages that guest "
        + "code wrote in it are counted, 1ms to 3600s; null: they are not. With engine: kvm; it slows stores "
        + "down, which is run time.")]
    public VirtualDuration? WrittenPages { get; init; }

    [Description("Of events.level: sampled; null without.")]
    public SamplingJob? Sampling { get; init; }
}
