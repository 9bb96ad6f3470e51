using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>How a node keeps time. Every value is given by whoever composes the node and is echoed
/// to the run's manifest; the constants are the defaults of the job.</summary>
public sealed record NodeSessionOptions
{
    public const ulong DefaultSliceCycles = 1_000;
    public const int DefaultStoreBufferEntries = 16;
    public const int VcpuCountMax = 1_024;
    public const ulong CpiTermMax = 10_000;
    public const int FeedbackIntervalsMax = 8;
    public const int DefaultTimelineSamples = 512;

    public static VirtualDuration DefaultWeaveInterval => VirtualDuration.FromMicroseconds(10);

    public required int VcpuCount { get; init; }

    public required Frequency Frequency { get; init; }

    /// <summary>CPI of every retired instruction; numerator and denominator at most
    /// <see cref="CpiTermMax"/>.</summary>
    public required Ratio CyclesPerInstruction { get; init; }

    /// <summary>Rate of the time-stamp counter that RDTSC shows.</summary>
    public required Frequency TscFrequency { get; init; }

    /// <summary>How long a vCPU runs before another runnable one, in core cycles.</summary>
    public required ulong SliceCycles { get; init; }

    /// <summary>Memory feedback interval; used only with a timing model behind the cut.</summary>
    public required VirtualDuration WeaveInterval { get; init; }

    /// <summary>How many interval ends later a peer's report is applied, while the vCPUs run on;
    /// 0: lockstep, at once. Only with a peer behind the cut.</summary>
    public required int FeedbackIntervals { get; init; }

    /// <summary>Worst stall, in core cycles, that one executed cycle can be charged in the bound
    /// phase: (slowest level in front of the cut + MinLatency behind it) x accesses per cycle; 0
    /// with events off. It bounds how far a lone vCPU may overrun a timer, never a result of a
    /// single vCPU.</summary>
    public required uint WorstStallPerCycle { get; init; }

    public required KernelCosts KernelCosts { get; init; }

    /// <summary>Store misses that may be outstanding per vCPU before a further one waits.</summary>
    public required int StoreBufferEntries { get; init; }

    /// <summary>Data that comes within so many core cycles came from the second level; for where stall is
    /// said to come from.</summary>
    public uint SecondLevelCycles { get; init; }

    /// <summary>The issue engine's set `interval`, at level full; null: `inorder`.</summary>
    public OutOfOrderOptions? OutOfOrder { get; init; }

    /// <summary>Conditional branches are predicted, and mispredictions cost, while accesses are reported; null:
    /// none do. A spin that is skipped would teach the predictor nothing, so none may be.</summary>
    public BranchOptions? Branches { get; init; }

    /// <summary>One per vCPU, of a node whose cores are not alike: each then has what is here in place of what
    /// is said of all, and its clock is <see cref="Frequency"/> x its speed. None: all cores are alike.</summary>
    public IReadOnlyList<CoreOptions> Cores { get; init; } = [];

    /// <summary>What is reported from the start.</summary>
    public required MemoryEventLevel Events { get; init; }

    /// <summary>What is reported between m5_work_begin and the matching m5_work_end; null: the
    /// marks change nothing.</summary>
    public required MemoryEventLevel? RegionEvents { get; init; }

    /// <summary>Set statistics to zero at m5_work_begin, and write them at the matching
    /// m5_work_end.</summary>
    public required bool RegionStatistics { get; init; }

    /// <summary>Windows of instructions are timed, and the stall of all others is estimated from them; then
    /// <see cref="Events"/> is off, and <see cref="RegionEvents"/> says by being given that windows are
    /// between marks alone. Null: all that <see cref="Events"/> reports is timed.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>The run ends at this virtual time at the latest; null: no limit.</summary>
    public required VirtualTime? Until { get; init; }

    /// <summary>Skip side-effect-free loops; changes no result but the `spin` counts.</summary>
    public required bool FastForwardSpins { get; init; }

    /// <summary>Cost units come from a clock of the host that measures how long guest code ran, and
    /// are all booked as executed; instructions are not counted. Such an engine stops where it can,
    /// and what it ran too long counts all the same.</summary>
    public bool MeasuresRunTime { get; init; }

    /// <summary>Of an engine that stops where it can: a shorter slice would be all way in and out. A vCPU
    /// that goes past an event or a grant by it acts no sooner for that.</summary>
    public uint SliceLeastUnits { get; init; } = 1;

    /// <summary>The host's clock, which the node follows; null: it keeps its own time.</summary>
    public IHostPace? Pace { get; init; }

    /// <summary>Where the lines of the event log go; null: only their hash is kept.</summary>
    public required TextWriter? EventLog { get; init; }

    /// <summary>Hears region marks and statistics dumps; may be null.</summary>
    public required INodeObserver? Observer { get; init; }

    /// <summary>Rows of the node's timeline at most; even.</summary>
    public required int TimelineSamplesMax { get; init; }

    /// <exception cref="ConfigException">A value, or a pair of values, makes no sense.</exception>
    public void Validate()
    {
        Check(VcpuCount is >= 1 and <= VcpuCountMax,
            "cores.count", $"must be 1 to {VcpuCountMax}, is {VcpuCount}");
        Check(Frequency.Hertz > 0, "cores.frequency", "must be above zero");
        CheckCores();
        Check(TscFrequency.Hertz > 0, "cores.tsc", "must be above zero");
        Check(SliceCycles is >= 1 and <= SlicePolicy.BudgetCyclesMax,
            "time.slice", $"must be 1 to {SlicePolicy.BudgetCyclesMax} cycles");
        Check(WeaveInterval.Picoseconds > 0, "time.weave", "must be above zero");
        Check(FeedbackIntervals is >= 0 and <= FeedbackIntervalsMax,
            "time.feedback", $"must be lockstep, or pipelined 1 to {FeedbackIntervalsMax}");
        Check(!MeasuresRunTime || (!FastForwardSpins && Events == MemoryEventLevel.Off),
            "time.mode", "measured time knows no spins and no memory events");
        Check(Pace is null || MeasuresRunTime, "time.base", "only measured time follows the host's clock");
        Check(SliceLeastUnits == 1 || (MeasuresRunTime && SliceLeastUnits is >= 1 and <= int.MaxValue),
            "time.slice", "only measured time has a least slice");
        Sampling?.Validate();
        Check(Sampling is null || (Events == MemoryEventLevel.Off && !MeasuresRunTime && FeedbackIntervals == 0),
            "events", "sampled decides what is reported, counts instructions, and needs lockstep");
        Check(TimelineSamplesMax is >= 2 and <= 1 << 16 && TimelineSamplesMax % 2 == 0,
            "timeline", $"must have 2 to {1 << 16} samples, an even number");
        Check(Until is not { Picoseconds: 0 }, "until", "must be above zero");
    }

    /// <summary>A vCPU's core.</summary>
    public CoreOptions CoreOf(int vcpu) => Cores.Count > 0
        ? Cores[vcpu]
        : new CoreOptions
        {
            Speed = Ratio.One,
            CyclesPerInstruction = CyclesPerInstruction,
            StoreBufferEntries = StoreBufferEntries,
            SecondLevelCycles = SecondLevelCycles,
            OutOfOrder = OutOfOrder,
            Branches = Branches,
        };

    private void CheckCores()
    {
        Check(Cores.Count == 0 || Cores.Count == VcpuCount,
            "cores.kinds", $"must be as many as cores, {VcpuCount}, are {Cores.Count}");
        Check(Cores.Count == 0 || !MeasuresRunTime, "cores.kinds", "measured time has the host's cores");
        Check(Cores.Count == 0 || Sampling is null, "cores.kinds", "sampled needs cores that are alike");
        Check(Cores.Count == 0 || FeedbackIntervals == 0, "cores.kinds", "late feedback needs cores that are alike");
        bool isFiltered = Events == MemoryEventLevel.Filtered || RegionEvents == MemoryEventLevel.Filtered;
        for (int i = 0; i < Math.Max(1, Cores.Count); i++)
        {
            CoreOf(i).Validate(Frequency, isFiltered, FastForwardSpins);
        }
    }

    private static void Check(bool ok, string key, string why)
    {
        if (!ok)
        {
            throw new ConfigException(key, why);
        }
    }
}
