using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("The emulated processor.")]
internal sealed record CoresJob
{
    public const int CountMax = 1024;

    [Description("Number of cores (vCPUs), 1 to 1024; any number on any host.")]
    public int Count { get; init; } = 1;

    [Description("Clock rate of every core, such as 2GHz.")]
    public Frequency Frequency { get; init; } = new(2_000_000_000);

    [Description("What frequency is measured in: virtual, the guest's time; physical, dilated time: "
        + "the guest meets frequency x TDF, and caches and kernel work faster by it too.")]
    public RatesChoice Rates { get; init; } = RatesChoice.Virtual;

    [Description("Part of the processor that the guest gets: a number or quotient, above 0, at most "
        + "1; the guest meets frequency x share.")]
    public Ratio Share { get; init; } = Ratio.One;

    [Description("How a core turns instructions and latencies into time.")]
    public CoreModelJob Model { get; init; } = new();
}
