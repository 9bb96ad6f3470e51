using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("An emulated machine and its guest.")]
internal sealed record NodeJob
{
    [Description("Name of the node and prefix of its statistics, unlike that of any other: letters, "
        + "digits, '_' and '-'. Left out: node and its number in the job.")]
    public string Name { get; init; } = "node0";

    [Description("How many nodes of this kind: above 1 they are called NAME0, NAME1 and so on, and "
        + "differ in name, random bytes and results only.")]
    public int Count { get; init; } = 1;

    [Description("What runs the guest's code. translator: exact and deterministic. kvm: natively, in "
        + "measured time (time.mode: dilated). auto: the translator.")]
    public EngineChoice Engine { get; init; } = EngineChoice.Auto;

    [Description("process: a worker process of the node's own. shared: with other nodes in one, which "
        + "needs a position-independent program and no memory peer; results are the same. auto: shared "
        + "above 16 nodes if all of them can, else process.")]
    public Isolation Isolation { get; init; } = Isolation.Auto;

    [Description("Which of hosts runs it; null: the nodes are spread over all of them.")]
    public string? Host { get; init; }

    [Description("Time dilation factor of this node, or a list of steps; null: that of time.")]
    public TdfSchedule? Tdf { get; init; }

    [Description("The emulated processor.")]
    public CoresJob Cores { get; init; } = new();

    [Description("The emulated memory.")]
    public MemoryJob Memory { get; init; } = new();

    [Description("The node's network interface.")]
    public NicJob Nic { get; init; } = new();

    [Description("Where its time goes.")]
    public ProfileJob Profile { get; init; } = new();

    [Description("The program and what it may touch.")]
    public required GuestJob Guest { get; init; }
}
