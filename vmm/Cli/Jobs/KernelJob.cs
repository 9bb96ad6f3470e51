using System.ComponentModel;

namespace Dilaton.Cli;

[Description("What the node kernel's work costs in virtual time.")]
internal sealed record KernelJob
{
    [Description("costs: as the tables below say; ideal: everything is free.")]
    public KernelMode Mode { get; init; } = KernelMode.Costs;

    [Description("Base cost of each class of kernel work.")]
    public KernelBaseJob Base { get; init; } = new();

    [Description("Rate at which the kernel copies to and from guest buffers.")]
    public Bandwidth CopyRate { get; init; } = new(80_000_000_000);
}
