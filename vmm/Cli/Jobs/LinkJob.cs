using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("A link, each direction of it.")]
internal sealed record LinkJob
{
    [Description("Its rate, such as 10Gbps.")]
    public Bandwidth Bandwidth { get; init; } = new(10_000_000_000);

    [Description("From a bit's going in to its coming out, above zero; the least of it is how far "
        + "nodes may run apart.")]
    public VirtualDuration Latency { get; init; } = VirtualDuration.FromNanoseconds(500);

    [Description("Longest payload of a frame, 576B to 9216B.")]
    public ByteSize Mtu { get; init; } = new(1500);

    [Description("What may wait at the link's beginning; a frame that finds no room is dropped.")]
    public ByteSize Buffer { get; init; } = new(512UL << 10);

    [Description("Share of frames lost on the way, by chance: 0 to 1, such as 0.001 or 1/1000.")]
    public Ratio Loss { get; init; } = new(0, 1);

    [Description("Bytes sent with each frame and not part of it; Ethernet's preamble, check "
        + "sequence and gap are 24.")]
    public int Overhead { get; init; }
}
