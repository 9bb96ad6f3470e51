using System.ComponentModel;

namespace Dilaton.Cli;

[Description("How nodes are kept together.")]
internal sealed record SyncJob
{
    [Description("strict: nothing is ever delivered late.")]
    public SyncMode Mode { get; init; } = SyncMode.Strict;
}
