using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Makes estimates of a program's memory behaviour from its detail windows. The windows of all
/// vCPUs are laid end to end on a clock of their own, and their accesses go through caches, issue engine
/// and DRAM as a whole run's would; none of it comes back to the node's time. docs/time.md, 13.
/// <code>
///   block ─► hierarchy ─► misses ─► MissTimeline ◄─► Weaver ◄─► model      counters of one window
///              └ counters before and after ──────────┘ stall ─────────────► EndWindow: a sample
/// </code></summary>
public sealed class DetailWindows : IDetailSink, IStatisticsSource
{
    private readonly DetailOptions _options;
    private readonly ICacheHierarchy _hierarchy;
    private readonly HierarchyCounters _counters;
    private readonly VcpuClock _clock;
    private readonly MissTimeline _timeline;
    private readonly Weaver? _weaver;
    private readonly MissBuffer _misses = new();
    private readonly ColdLines _cold;
    private readonly DetailSample[] _samples;
    private readonly DetailEstimates _estimates;
    private readonly ulong _behindCycles;
    private ulong _deepestCycles;
    private ulong _program;
    private ulong _windows;
    private ulong _cut;
    private UInt128 _instructions;
    private UInt128 _warmups;
    private UInt128 _unseen;
    private UInt128 _hostNanoseconds;

    /// <param name="hierarchy">Also an <see cref="IStatisticsSource"/>.</param>
    /// <param name="model">What lies behind it; may be null.</param>
    public DetailWindows(
        int vcpuCount, DetailOptions options, ICacheHierarchy hierarchy, ITimingModel? model)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(hierarchy);
        _options = options;
        _hierarchy = hierarchy;
        _counters = new HierarchyCounters((IStatisticsSource)hierarchy);
        _clock = new VcpuClock(options.Frequency, options.Cost.UnitsPerCycle);
        _timeline = new MissTimeline(
            new VcpuId(0),
            _clock,
            new IssueParameters
            {
                LoadHitCycles = hierarchy.LoadHitCycles,
                StoreBufferEntries = options.StoreBufferEntries,
                UnitsPerCycle = options.Cost.UnitsPerCycle,
            },
            model?.MinLatency);
        _weaver = model is null ? null : new Weaver(model, [_timeline]);
        _behindCycles = model is null ? 0 : options.Frequency.CyclesCovering(model.MinLatency);
        _cold = new ColdLines(hierarchy.LineSizeBytes);
        _estimates = new DetailEstimates(_counters.Names, options.Cost);
        _samples = new DetailSample[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            _samples[i] = new DetailSample(DetailCounter.First + _counters.Names.Count);
        }
    }

    public void Append(in MemoryEventBlock block, in DetailCount count)
    {
        DetailSample sample = _samples[block.Vcpu.Index];
        _cold.Look(block, sample.Seen);
        _counters.Begin();
        _hierarchy.Access(block, _misses);
        ulong stall = ChargeMisses(count.Units);
        if (count.IsMeasured)
        {
            Measure(sample.Counters, block, count, stall);
        }
        else
        {
            _warmups += count.Instructions;
        }

        _misses.Clear();
    }

    public void EndWindow(VcpuId vcpu, bool isWhole, long hostNanoseconds)
    {
        DetailSample sample = _samples[vcpu.Index];
        _hostNanoseconds += (ulong)hostNanoseconds;
        _windows++;
        _cut += isWhole ? 0UL : 1;
        if (sample.Counters[DetailCounter.Instructions] > 0)
        {
            _estimates.Add(sample.Counters);
        }

        sample.Clear();
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("windows", _windows, "Count", "detail windows");
        list.Count("cut", _cut, "Count",
            "of them that ended early: a long repeated string instruction, or one that reads the flags");
        list.Count("instructions", _instructions, "Count", "instructions measured in windows");
        list.Count("warmup", _warmups, "Count", "instructions before them that warmed the caches");
        list.Count("unseen", _unseen, "Count",
            "measured instructions whose accesses were not seen: gathers, masked moves, state saves");
        list.Quotient("hostTime", _hostNanoseconds, 1_000_000_000, "Second",
            "host CPU time in windows, which is no run time");
        _estimates.Collect(list, _options.Quantile);
    }

    public void ResetStatistics()
    {
        (_windows, _cut) = (0, 0);
        (_instructions, _warmups, _unseen, _hostNanoseconds) = (0, 0, 0, 0);
        _estimates.Reset();
        foreach (DetailSample sample in _samples)
        {
            // A window in progress goes on warm, and counts from here.
            Array.Clear(sample.Counters);
        }
    }

    /// <returns>Stall of the block's misses, in units.</returns>
    private ulong ChargeMisses(ulong units)
    {
        ulong before = _timeline.StallUnits;
        ReadOnlySpan<CacheMiss> misses = _misses.Misses;
        ReadOnlySpan<CacheMiss> writebacks = _misses.Writebacks;
        int m = 0;
        int w = 0;
        while (m < misses.Length || w < writebacks.Length)
        {
            bool isWriteback = m == misses.Length
                || (w < writebacks.Length && writebacks[w].OffsetUnits < misses[m].OffsetUnits);
            ref readonly CacheMiss miss = ref isWriteback ? ref writebacks[w++] : ref misses[m++];
            _timeline.Add(new PendingMiss(
                _program + miss.OffsetUnits,
                miss.Line,
                miss.Cycles,
                miss.Kind,
                isWriteback ? MemoryEventKind.Flush : miss.Kind,
                miss.BehindCut)
            {
                AwaitsPrefetch = miss.AwaitsPrefetch,
            });
        }

        _weaver?.WeaveTo(VirtualTime.MaxValue, VirtualTime.MaxValue);
        _timeline.Settle();
        ulong stall = _timeline.StallUnits - before;
        _program = checked(_program + units);
        _clock.AddExecuted(units);
        _clock.AddStall(stall);
        return stall;
    }

    private void Measure(
        ulong[] counters, in MemoryEventBlock block, in DetailCount count, ulong stall)
    {
        _instructions += count.Instructions;
        _unseen += count.Unseen;
        counters[DetailCounter.Instructions] += count.Instructions;
        counters[DetailCounter.Units] += count.Units + stall;
        counters[DetailCounter.StallUnits] += stall + count.Units
            - (count.Instructions * _options.Cost.UnitsPerInstruction);
        foreach (MemoryEventKind kind in block.Kinds)
        {
            int counter = DetailCounter.Of(kind);
            if (counter >= 0)
            {
                counters[counter]++;
            }
        }

        _counters.End(counters.AsSpan(DetailCounter.First));
        CountCold(counters);
    }

    /// <summary>What the first access to a line since the warm-up began found, depends on what was before
    /// it.</summary>
    private void CountCold(ulong[] counters)
    {
        ulong cold = (ulong)_cold.Lines.Count;
        ulong coldMisses = 0;
        ulong coldBehind = 0;
        ulong coldData = (ulong)_cold.DataLines;
        ulong coldDataMisses = 0;
        ulong behind = 0;
        ulong waited = 0;
        foreach (ref readonly CacheMiss miss in _misses.Misses)
        {
            bool isCold = _cold.Lines.Remove(miss.Line);
            bool isData = miss.Kind != MemoryEventKind.Fetch;
            behind += miss.BehindCut ? 1UL : 0;
            coldMisses += isCold ? 1UL : 0;
            coldDataMisses += isCold && isData ? 1UL : 0;
            coldBehind += isCold && miss.BehindCut ? 1UL : 0;
            _deepestCycles = Math.Max(_deepestCycles, miss.Cycles);
            if (isCold && IssueEngine.Blocks(miss.Kind))
            {
                ulong cycles = miss.Cycles + (miss.BehindCut ? _behindCycles : 0);
                waited += cycles - Math.Min(cycles, _hierarchy.LoadHitCycles);
            }
        }

        ulong perCycle = _options.Cost.UnitsPerCycle;
        counters[DetailCounter.ColdStallUnits] += waited * perCycle;
        counters[DetailCounter.ColdSparedUnits] +=
            (cold - coldBehind) * (_deepestCycles + _behindCycles) * perCycle;

        counters[DetailCounter.Behind] += behind;
        counters[DetailCounter.ColdBehind] += coldBehind;
        counters[DetailCounter.ColdInside] += cold - coldBehind;
        counters[DetailCounter.ColdDataMisses] += Math.Min(coldDataMisses, coldData);
        counters[DetailCounter.ColdDataHits] += coldData - Math.Min(coldDataMisses, coldData);
        counters[DetailCounter.Cold] += cold;
    }
}
