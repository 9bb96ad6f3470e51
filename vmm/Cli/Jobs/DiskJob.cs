using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("A disk of a system guest.")]
internal sealed record DiskJob
{
    [Description("A file of the host: a raw image. It is never written.")]
    public required string Image { get; init; }

    [Description("overlay: the guest reads and writes, and what it writes goes to procs/NODE/diskN.overlay of the "
        + "result folder; read: it only reads.")]
    public DiskAccess Access { get; init; }

    [Description("From a request's start to its transfer, and of a flush, up to 1h; null: none.")]
    public VirtualDuration? Latency { get; init; }

    [Description("Rate at which its requests are transferred, one after the other; null: they take no time.")]
    public Bandwidth? Bandwidth { get; init; }

    [Description("Requests that it works on at once, 1 to 1024; others wait.")]
    public int Depth { get; init; } = 32;

    [Description("Factor of its speed, such as 1/10: bandwidth x scale, latency / scale; from 1/1000 to 1000.")]
    public Ratio Scale { get; init; } = Ratio.One;

    [Description("What latency and bandwidth are measured in: virtual, the guest's time; physical, dilated time: the "
        + "guest meets latency / TDF and bandwidth x TDF.")]
    public RatesChoice Rates { get; init; } = RatesChoice.Virtual;

    /// <summary>A model says when its requests are done.</summary>
    public bool IsTimed() => Latency is not null || Bandwidth is not null;
}
