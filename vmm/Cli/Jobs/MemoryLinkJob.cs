using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("What a way to a memory adds.")]
internal sealed record MemoryLinkJob
{
    [Description("There and back, besides the transfer, such as 150ns, up to 1ms.")]
    public required VirtualDuration Latency { get; init; }

    [Description("Each way, such as 32GB/s; null: it is never full.")]
    public Bandwidth? Bandwidth { get; init; }
}
