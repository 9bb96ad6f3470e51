using System.ComponentModel;
using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

[Description("How the nodes of a network are kept together.")]
internal sealed record SyncJob
{
    [Description("strict: nothing is ever delivered late. slack: nodes may run further apart, by the "
        + "given time, and late frames are counted. adaptive: the same, as far as few frames come "
        + "late. free: as slack, with a second.")]
    public SyncMode Mode { get; init; } = SyncMode.Strict;

    [Description("slack: how far a node may be ahead of the slowest; adaptive: at most.")]
    public VirtualDuration? Slack { get; init; }

    [Description("adaptive: of a thousand frames, how many may come late; 1 to 999.")]
    public int Late { get; init; } = ClusterOptions.DefaultLatePerMille;

    [Description("Host time after which a worker that does not get on, or does not end when it is asked to, "
        + "is taken for hung and ended. 1s to 24h.")]
    public VirtualDuration Timeout { get; init; } = VirtualDuration.FromSeconds(60);

    [Description("What carries grants and frames between the processes: shared memory, a local "
        + "socket, or TCP on this host. Results are the same.")]
    public SyncTransport Transport { get; init; }

    [Description("How many worker processes the nodes with isolation: shared have, each a block of "
        + "neighbours; null: one for each core of the host that may be used. Results are the same.")]
    public int? Workers { get; init; }
}
