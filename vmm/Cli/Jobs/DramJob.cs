using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("The memory behind the caches.")]
internal sealed record DramJob
{
    [Description("flat: one latency and a shared bandwidth. banks: channels, ranks, banks and rows, as "
        + "DDR4-3200 where banks says nothing else. A preset's name: the same with its figures.")]
    public DramKind Kind { get; init; } = DramKind.Flat;

    [Description("Time of one access, such as 80ns. With banks it follows from them, a row hit's.")]
    public VirtualDuration Latency { get; init; } = VirtualDuration.FromNanoseconds(80);

    [Description("Shared by all cores, such as 25.6GB/s. With banks it follows from them, the wires'.")]
    public Bandwidth Bandwidth { get; init; } = new(204_800_000_000);

    [Description("What latency and bandwidth are measured in: virtual, the guest's time; physical, "
        + "dilated time: the guest meets latency / TDF and bandwidth x TDF.")]
    public RatesChoice Rates { get; init; } = RatesChoice.Virtual;

    [Description("Consecutive lines go to consecutive channels, 1 to 64; they share the bandwidth. "
        + "With banks a power of two, each with the bandwidth of one; left out: as the preset.")]
    public int Channels { get; init; } = 1;

    [Description("Ranks, banks and rows of a channel; null: flat.")]
    public DramBanksJob? Banks { get; init; }
}
