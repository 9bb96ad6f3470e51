using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("The memory behind the caches: a flat latency and a shared bandwidth.")]
internal sealed record DramJob
{
    [Description("Time of one access, such as 80ns.")]
    public VirtualDuration Latency { get; init; } = VirtualDuration.FromNanoseconds(80);

    [Description("Shared by all cores, such as 25.6GB/s.")]
    public Bandwidth Bandwidth { get; init; } = new(204_800_000_000);

    [Description("What latency and bandwidth are measured in: virtual, the guest's time; physical, "
        + "dilated time: the guest meets latency / TDF and bandwidth x TDF.")]
    public RatesChoice Rates { get; init; } = RatesChoice.Virtual;

    [Description("Consecutive lines go to consecutive channels, 1 to 64; they share the bandwidth.")]
    public int Channels { get; init; } = 1;
}
