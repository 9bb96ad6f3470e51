using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A vCPU's counts since the start or the last reset.</summary>
internal sealed class VcpuCounters
{
    private static readonly ExitReason[] s_reasons = Enum.GetValues<ExitReason>();

    private ulong _executed;
    private ulong _stall;
    private ulong _kernel;
    private ulong _waiting;
    private readonly StallStack _causes = new();
    private ulong _window;
    private ulong _estimated;
    private BranchCounts _branches;

    public ulong Instructions { get; set; }

    public ulong Spin { get; set; }

    public ulong SystemCalls { get; set; }

    public ulong PageFaults { get; set; }

    public ref BranchCounts Branches => ref _branches;

    public ulong Preemptions { get; set; }

    public ulong Dispatches { get; set; }

    public ulong[] Exits { get; } = new ulong[s_reasons.Length];

    public void Reset(VcpuSlot slot)
    {
        VcpuClock clock = slot.Clock;
        _causes.CopyFrom(slot.Stack);
        _window = slot.WindowStall;
        _estimated = slot.Sample.Estimate.ChargedUnits;
        _executed = clock.ExecutedUnits;
        _stall = clock.StallUnits;
        _kernel = clock.KernelUnits;
        _waiting = clock.WaitingUnits;
        Instructions = 0;
        Spin = 0;
        SystemCalls = 0;
        PageFaults = 0;
        _branches = default;
        Preemptions = 0;
        Dispatches = 0;
        Array.Clear(Exits);
    }

    /// <summary>Units since the reset in one of the clock's segments; 0 if it has not begun.
    /// </summary>
    public ulong UnitsIn(VcpuClock clock, int segment)
    {
        if (segment >= clock.Segments.Count)
        {
            return 0;
        }

        ulong reset = checked(_executed + _stall + _kernel + _waiting);
        ulong start = Math.Max(reset, clock.Segments[segment].StartUnits);
        ulong end = segment + 1 < clock.Segments.Count
            ? clock.Segments[segment + 1].StartUnits
            : clock.TotalUnits;
        return end > start ? end - start : 0;
    }

    /// <summary>What the estimates of a sampled run are added to.</summary>
    public SampledCounts Sampled(VcpuSlot slot) => new(
        slot.Clock.TotalUnits - checked(_executed + _stall + _kernel + _waiting),
        slot.Clock.ExecutedUnits + slot.Clock.StallUnits - checked(_executed + _stall),
        Instructions,
        slot.Clock.UnitsPerCycle);

    /// <param name="isSampled">Some of the stall is estimated.</param>
    public void Collect(VcpuSlot slot, bool isSampled, StatisticsList list)
    {
        VcpuClock clock = slot.Clock;
        ulong perCycle = clock.UnitsPerCycle;
        ulong executed = clock.ExecutedUnits - _executed;
        ulong stall = clock.StallUnits - _stall;
        ulong kernel = clock.KernelUnits - _kernel;
        ulong waiting = clock.WaitingUnits - _waiting;
        ulong total = checked(executed + stall + kernel + waiting);
        list.Count("instructions", Instructions, "Count", "instructions retired");
        list.Count("spin", Spin, "Count", "of them skipped in loops without effect");
        list.Quotient("numCycles", total, perCycle, "Cycle", "executed + stall + kernel + waiting");
        list.Quotient("cycles.executed", executed, perCycle, "Cycle",
            "instructions x CPI; with engine: kvm, measured run time");
        list.Quotient("cycles.stall", stall, perCycle, "Cycle", "added by memory");
        CollectStall(slot, stall, isSampled, list);
        list.Quotient("cycles.kernel", kernel, perCycle, "Cycle", "system calls, faults, copies");
        list.Quotient("cycles.waiting", waiting, perCycle, "Cycle", "skipped while idle");
        list.Quotient(
            "cpi",
            Instructions == 0 ? 0 : (UInt128)executed + stall, // Of an engine that counts none: no figure.
            (UInt128)perCycle * Instructions,
            "Ratio",
            "(executed + stall) / instructions");
        if (slot.Branches is { } branches)
        {
            CollectBranches(branches, list);
        }

        list.Count("systemCalls", SystemCalls, "Count", "system calls made");
        list.Count("pageFaults", PageFaults, "Count", "first touches of a page, where seen");
        list.Count("preemptions", Preemptions, "Count", "turns of a thread ended by the clock");
        list.Count("dispatches", Dispatches, "Count", "threads loaded");
        foreach (ExitReason reason in s_reasons)
        {
            string name = reason.ToString();
            list.Count(
                $"exits.{char.ToLowerInvariant(name[0])}{name[1..]}",
                Exits[(int)reason],
                "Count",
                "returns from guest code for this reason");
        }
    }

    private void CollectBranches(BranchUnit unit, StatisticsList list)
    {
        list.Count(
            "branches", _branches.Branches, "Count", "branches that were predicted, while accesses were reported");
        list.Count("branchMispredictions", _branches.Mispredictions, "Count", "of them predicted wrong");
        list.Quotient(
            "branchMpki",
            (UInt128)_branches.Mispredictions * 1000,
            Instructions,
            "Ratio",
            "branchMispredictions per 1000 instructions");
        if (unit.PredictsTargets)
        {
            list.Count("indirectBranches", _branches.Indirect, "Count", "of branches, indirect jumps and calls");
            list.Count("indirectMispredictions", _branches.IndirectMispredictions, "Count", "of them predicted wrong");
        }

        if (unit.PredictsReturns)
        {
            list.Count("returns", _branches.Returns, "Count", "of branches, returns");
            list.Count("returnMispredictions", _branches.ReturnMispredictions, "Count", "of them predicted wrong");
        }
    }

    /// <summary>The parts' sum is the stall.</summary>
    private void CollectStall(VcpuSlot slot, ulong stall, bool isSampled, StatisticsList list)
    {
        ulong perCycle = slot.Clock.UnitsPerCycle;
        ulong rest = stall;
        void Part(string name, ulong units, string what)
        {
            // Told while the guest runs, a part may have grown since the stall was read.
            units = Math.Min(units, rest);
            rest -= units;
            list.Quotient($"cycles.stall.{name}", units, perCycle, "Cycle", what);
        }

        ulong Since(StallCause cause) => slot.Stack[cause] - _causes[cause];
        Part("fetch", Since(StallCause.Fetch), "of it instruction fetches that missed L1");
        Part("l2", Since(StallCause.Second), "of it data that L2 had");
        Part("l3", Since(StallCause.Third), "of it data that L3 or another core had");
        Part("memory", Since(StallCause.Memory), "of it data from behind the caches, or the peer");
        Part("storeBuffer", Since(StallCause.StoreBuffer), "of it room in the store buffer");
        if (slot.Branches is not null)
        {
            Part("branch", Since(StallCause.Branch), "of it mispredicted branches, and refilling the front end");
        }

        Part("tlb", Since(StallCause.Tlb), "of it translations of data addresses");
        Part("window", slot.WindowStall - _window, "of it accesses to windows");
        if (isSampled)
        {
            Part("estimated", slot.Sample.Estimate.ChargedUnits - _estimated,
                "of it estimated from windows: events.level: sampled");
        }

        Part("l1", rest, "of it L1 hits of an in-order core");
    }
}
