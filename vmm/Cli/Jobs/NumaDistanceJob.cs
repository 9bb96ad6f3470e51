using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("A link of its own from the cores of one memory node to the memory of another one.")]
internal sealed record NumaDistanceJob
{
    [Description("Memory node of the cores.")]
    public required string From { get; init; }

    [Description("Memory node that they use.")]
    public required string To { get; init; }

    [Description("There and back, besides the transfer, such as 60ns, up to 1ms.")]
    public required VirtualDuration Latency { get; init; }

    [Description("Each way, such as 32GB/s; null: it is never full.")]
    public Bandwidth? Bandwidth { get; init; }
}
