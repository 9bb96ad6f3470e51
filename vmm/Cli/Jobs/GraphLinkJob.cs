using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("A link between two ports.")]
internal sealed record GraphLinkJob
{
    [Description("One end: component.port, or component.slot.port.")]
    public required string A { get; init; }

    [Description("The other end.")]
    public required string B { get; init; }

    [Description("Its latency, each way.")]
    public VirtualDuration Latency { get; init; } = VirtualDuration.FromPicoseconds(500);
}
