using System.ComponentModel;

namespace Dilaton.Cli;

/// <summary>A job: an emulated machine, the guests on it, and how time is kept. These records are
/// the schema of a job file; `dilaton schema job` exports it from them.</summary>
[Description("A Dilaton job: an emulated machine, the guests on it, and how time is kept.")]
internal sealed record Job
{
    public const string Version = "dilaton/v1";

    /// <summary>All that one network of 16 bits can address.</summary>
    public const int NodesMax = 65_534;

    [Description("Version of this schema: dilaton/v1.")]
    public required string ApiVersion { get; init; }

    [Description("Name of the job, repeated in its results: letters, digits, '.', '_' and '-'.")]
    public string Name { get; init; } = "job";

    [Description("Seed of every random stream; 0 to 2^63-1.")]
    public long Seed { get; init; } = 1;

    [Description("The emulated machines.")]
    public required IReadOnlyList<NodeJob> Nodes { get; init; }

    [Description("What joins the nodes; null: nothing, and each runs on its own.")]
    public NetworkJob? Network { get; init; }

    [Description("How virtual time advances, and when the run ends.")]
    public TimeJob Time { get; init; } = new();

    [Description("What the node kernel's work costs in virtual time; the word 'ideal' alone "
        + "makes it free.")]
    public KernelJob Kernel { get; init; } = new();

    [Description("How the nodes of a network are kept together.")]
    public SyncJob Sync { get; init; } = new();

    [Description("How much of the guest's memory traffic is simulated.")]
    public EventsJob Events { get; init; } = new();

    [Description("Simulators and other programs that time what nodes ask them.")]
    public IReadOnlyList<PeerJob> Peers { get; init; } = [];

    [Description("The hosts that share the job: the first is this one; empty: all of it runs here.")]
    public IReadOnlyList<HostJob> Hosts { get; init; } = [];

    [Description("What the run writes, and where.")]
    public OutputsJob Outputs { get; init; } = new();

    [Description("Variants of the job, for `dilaton sweep`; null: there are none.")]
    public SweepJob? Sweep { get; init; }
}
