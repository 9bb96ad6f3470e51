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

    [Description("How a core turns instructions and latencies into time.")]
    public CoreModelJob Model { get; init; } = new();
}
