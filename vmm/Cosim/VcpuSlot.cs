using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>What a session keeps per vCPU.</summary>
internal sealed class VcpuSlot
{
    public VcpuSlot(VcpuId id, VcpuClock clock, VcpuCore core)
    {
        Id = id;
        Clock = clock;
        Core = core;
    }

    public VcpuId Id { get; }

    public VcpuClock Clock { get; }

    public VcpuCore Core { get; }

    public IVcpu? Engine { get; set; }

    public MissTimeline? Timeline { get; set; }

    /// <summary>What it was charged for misses, by cause.</summary>
    public StallStack Stack { get; } = new();

    /// <summary>Units that it was charged for accesses to windows.</summary>
    public ulong WindowStall { get; set; }

    /// <summary>Null unless misses overlap.</summary>
    public LoadChain? Loads { get; set; }

    /// <summary>Null unless branches are predicted.</summary>
    public BranchUnit? Branches { get; set; }

    public bool IsIdle { get; set; }

    public bool NeedsDispatch { get; set; } = true;

    /// <summary>An exit that acts once this vCPU is the minimum.</summary>
    public bool HasExit { get; set; }

    public VcpuExit Exit { get; set; }

    /// <summary>Stands at an action point; see docs/time.md, "Action points".</summary>
    public bool IsDue { get; set; } = true;

    /// <summary>Stands at an action point and waits for an answer that its peer can give only after
    /// other vCPUs got on.</summary>
    public bool IsHeld { get; set; }

    public WindowOperation Window { get; } = new();

    /// <summary>Its core stands until an answer comes that is not known yet.</summary>
    public bool IsWaiting => Window.IsOpen || Timeline is { IsWaiting: true };

    /// <summary>Has acted before all stall of what came before the act was known.</summary>
    public bool HasActedEarly { get; set; }

    /// <summary>Program position of the next check, and what it was computed for.</summary>
    public ulong NextCheck { get; set; } = ulong.MaxValue;

    public VirtualTime CheckedFor { get; set; } = VirtualTime.MaxValue;

    public VirtualTime PreemptAt { get; set; } = VirtualTime.MaxValue;

    /// <summary>Cost units of the program alone: executed + L1-hit part.</summary>
    public ulong Program { get; set; }

    /// <summary>What it has had of the host, for whose turn it is where the host's clock leads.</summary>
    public ulong Share { get; set; }

    /// <summary>Retired since power-on; resets leave it alone.</summary>
    public ulong Instructions { get; set; }

    public ulong SystemCalls { get; set; }

    public GuestRegisters PauseRegisters { get; set; }

    public bool HasRepeatedPause { get; set; }

    /// <summary>Of level sampled.</summary>
    public required VcpuSample Sample { get; init; }

    public VcpuCounters Counters { get; } = new();

    public VcpuTally Tally { get; } = new();

    /// <summary>The timeline's bin that the clock was last seen in ends here.</summary>
    public VirtualTime SampleAt { get; set; }

    /// <summary>The same in the clock's units.</summary>
    public ulong SampleUnits { get; set; }

    public SpinFastForward Spin;

    /// <summary>V without the stall of misses.</summary>
    public ulong Position => Clock.TotalUnits - (Timeline?.StallUnits ?? 0);

    public VcpuActivity Activity(ulong epoch) => this switch
    {
        { IsIdle: true } => VcpuActivity.Idle,
        { NeedsDispatch: true } => VcpuActivity.Dispatching,
        { HasExit: true } => VcpuActivity.AtSyncPoint,
        _ when Spin.IsKnown(epoch) => VcpuActivity.Spinning,
        _ => VcpuActivity.Running,
    };
}
