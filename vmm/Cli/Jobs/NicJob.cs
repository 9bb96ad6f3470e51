using System.ComponentModel;

namespace Dilaton.Cli;

[Description("The node's network interface, eth0. It needs a network.")]
internal sealed record NicJob
{
    [Description("Rate at which it sends; null: that of its link to the network.")]
    public Bandwidth? Bandwidth { get; init; }

    [Description("Largest IPv4 packet, 576B to 9216B; null: the mtu of its link to the network.")]
    public ByteSize? Mtu { get; init; }

    [Description("Frames that may wait to be sent; what comes then is dropped.")]
    public int Queue { get; init; } = 1000;
}
