using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("How virtual time advances, and when the run ends.")]
internal sealed record TimeJob
{
    [Description("executed: instructions x CPI + stall + kernel + waiting; host speed never "
        + "enters. dilated: measured run time of guest code / tdf + kernel + waiting; a figure of this "
        + "host. auto: dilated if the engine is kvm, else executed.")]
    public TimeMode Mode { get; init; } = TimeMode.Auto;

    [Description("What dilated time measures. run: CPU time of the thread that runs guest code, while "
        + "it does: the host's other work does not count, and waiting is skipped. wall: the host's clock, "
        + "idle or not, but for times in which the process was stopped. Left out: wall for a system guest, "
        + "which has no other in this version, else run.")]
    public TimeBase Base { get; init; } = TimeBase.Run;

    [Description("Time dilation factor of every node: by how much faster what is physical seems to "
        + "the guest. A number or quotient such as 10, 0.5 or 5/3, from 1/1000 to 1000; or a list of "
        + "steps, each with from, a virtual time, and factor.")]
    public TdfSchedule Tdf { get; init; } = TdfSchedule.One;

    [Description("How long a core runs before another of the same node, 1cycles to "
        + "1000000cycles.")]
    public CycleCount Slice { get; init; } = new(1000);

    [Description("Interval after which memory requests of all cores are timed together.")]
    public VirtualDuration Weave { get; init; } = VirtualDuration.FromMicroseconds(10);

    [Description("lockstep: a peer's answers come back at the end of the interval and at each act. "
        + "pipelined K: at the K-th interval's end after it (1 to 8), while the node runs on: faster "
        + "and an estimate.")]
    public Feedback Feedback { get; init; }

    [Description("The guest's wall clock at power-on: a UTC time such as 2026-01-01T00:00:00Z.")]
    public GuestEpoch Epoch { get; init; } = new(1_767_225_600);

    [Description("Virtual time at which the run stops (exit code 4); null for no limit.")]
    public VirtualDuration? Until { get; init; }

    [Description("Host time after which the run stops (exit code 4); null for no limit.")]
    public VirtualDuration? WallLimit { get; init; }
}
