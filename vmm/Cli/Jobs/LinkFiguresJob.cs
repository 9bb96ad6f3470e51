using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Figures of a link, each of which may be left to <see cref="NetworkJob.Link"/>.</summary>
internal abstract record LinkFiguresJob
{
    [Description("Its rate; null: that of network.link.")]
    public Bandwidth? Bandwidth { get; init; }

    [Description("Its latency, above zero; null: that of network.link.")]
    public VirtualDuration? Latency { get; init; }

    [Description("Longest payload of a frame, 576B to 9216B; null: that of network.link.")]
    public ByteSize? Mtu { get; init; }

    [Description("What may wait at its beginning; null: as in network.link.")]
    public ByteSize? Buffer { get; init; }

    [Description("Share of frames lost, 0 to 1; null: that of network.link.")]
    public Ratio? Loss { get; init; }

    [Description("Bytes sent with each frame; null: those of network.link.")]
    public int? Overhead { get; init; }

    /// <summary>The link with these figures in place of its own.</summary>
    public LinkJob Over(LinkJob link) => link with
    {
        Bandwidth = Bandwidth ?? link.Bandwidth,
        Latency = Latency ?? link.Latency,
        Mtu = Mtu ?? link.Mtu,
        Buffer = Buffer ?? link.Buffer,
        Loss = Loss ?? link.Loss,
        Overhead = Overhead ?? link.Overhead,
    };
}
