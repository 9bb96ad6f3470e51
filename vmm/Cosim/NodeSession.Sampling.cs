using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Level sampled with an engine that counts instructions: docs/time.md, 14.
/// <code>
///   opening ──────► fast forward ──Left = 0──► warm-up ──Left = 0──► window ──Left = 0──► fast forward
///   stall timed     stall estimated            stall timed           stall timed, a sample
/// </code>
/// No slice goes past a phase's last instruction. Then, with all memory before it timed, the next phase
/// begins; it is no action point, and shows in nothing but what is timed.</summary>
public sealed partial class NodeSession
{
    private readonly WindowSchedule? _schedule;
    private readonly SampledWindows? _sampled;

    /// <summary>Of all vCPUs' windows.</summary>
    private readonly StallSums _windowSums = new();

    /// <summary>What there is to go by without any.</summary>
    private StallSums _openingSums = new();
    private ColdLines? _cold;
    private ulong _behindCycles;

    /// <summary>Of all misses so far, in units.</summary>
    private ulong _heaviest;

    /// <summary>False outside of the region that marks switch.</summary>
    private bool _isSampling;

    /// <summary>Nothing is timed: stall is estimated.</summary>
    private bool IsFastForward => _isSampling && _schedule!.Phase == SamplePhase.FastForward;

    /// <summary>Caches see all misses, so that windows only have to say what each stalls for.</summary>
    private bool WeighsMisses => _options.Sampling!.FastForward != MemoryEventLevel.Off;

    private StallSums Others => _windowSums.Weight > 0 ? _windowSums : _openingSums;

    private bool IsInWindow => _isSampling && _schedule!.Phase == SamplePhase.Window;

    private void StartSampling()
    {
        if (_hierarchy is null || _peer is not null)
        {
            throw new ConfigException(
                "events", "sampled needs caches, and memory that is timed in process");
        }

        _behindCycles = _model is null ? 0 : _options.Frequency.CyclesCovering(_model.MinLatency);
        if (_options.OutOfOrder is not null)
        {
            // Misses overlap, and without a window nobody can say how much.
            _openingSums.Add(1, 1);
        }

        if (!WeighsMisses)
        {
            _cold = new ColdLines(_hierarchy.LineSizeBytes);
        }

        SwitchSampling(_options.RegionEvents is null);
    }

    /// <summary>Begins or ends a region in which windows are.</summary>
    private void SwitchSampling(bool isOn)
    {
        if (!isOn && IsInWindow)
        {
            EndWindow();
        }

        _isSampling = isOn;
        if (isOn)
        {
            BeginPhase();
        }
        else
        {
            SwitchEvents(MemoryEventLevel.Off);
        }
    }

    /// <summary>The budget of a slice, as far as the phase goes. HOT: per slice.</summary>
    private uint WithinPhase(uint budget) => (uint)Math.Min(budget, UnitsOfPhase);

    /// <summary>How far a spin may be skipped. HOT: per skip.</summary>
    private ulong WithinPhase(VcpuSlot slot, ulong units)
    {
        if (IsFastForward)
        {
            // A spin misses nothing.
            units = slot.Sample.Estimate.ProgramUnitsWithin(
                units, WeighsMisses ? 0 : _unitsPerInstruction, Others);
        }

        return Math.Min(units, UnitsOfPhase);
    }

    /// <summary>Units that go no further than the phase's last instruction.</summary>
    private ulong UnitsOfPhase => _isSampling && !_schedule!.IsOver
        ? checked(_schedule.Left * _unitsPerInstruction)
        : ulong.MaxValue;

    /// <summary>Instructions of a slice have been charged what is known of them. HOT: per slice.
    /// </summary>
    private void PassSample(VcpuSlot slot, ulong instructions)
    {
        MissWeight passed = WeighsMisses ? slot.Sample.TakeMisses() : new MissWeight(0, instructions);
        if (IsFastForward)
        {
            slot.Clock.AddStall(slot.Sample.Estimate.Pass(passed.KnownUnits, passed.Units, Others));
        }

        _sampled!.Pass(_schedule!.Phase, instructions);
        _schedule.Pass(instructions);
    }

    /// <summary>HOT: per slice with misses.</summary>
    private void WeighMisses(VcpuSlot slot)
    {
        MissWeight weight = default;
        foreach (ref readonly CacheMiss miss in _misses.Misses)
        {
            ulong units = WeightOf(miss);
            _heaviest = Math.Max(_heaviest, units);
            bool isKnown = miss.Kind != MemoryEventKind.Store && _options.OutOfOrder is null;
            weight += new MissWeight(isKnown ? units : 0, units);
        }

        slot.Sample.AddMisses(weight);
    }

    /// <summary>Units that an in-order core stalls for a miss at least; for one of a store, if the buffer is
    /// always full.</summary>
    private ulong WeightOf(in CacheMiss miss)
    {
        ulong cycles = miss.Cycles + (miss.BehindCut ? _behindCycles : 0);
        return miss.Kind switch
        {
            MemoryEventKind.Fetch => cycles * _unitsPerCycle,
            MemoryEventKind.Store => cycles * _unitsPerCycle / (ulong)_options.StoreBufferEntries,
            _ when IssueEngine.Blocks(miss.Kind) =>
                (cycles - Math.Min(cycles, _hierarchy!.LoadHitCycles)) * _unitsPerCycle,
            _ => 0,
        };
    }

    /// <summary>Looks which of a block's lines the warm-up has not told the caches of.</summary>
    private void LookForCold(VcpuSlot slot, in MemoryEventBlock block)
    {
        if (_cold is not null && _isSampling)
        {
            _cold.Look(block, slot.Sample.Cold!.Seen);
        }
    }

    /// <summary>What they came to, in a window.</summary>
    /// <param name="known">Misses before the block's.</param>
    private void CountCold(VcpuSlot slot, int known)
    {
        if (_cold is null || !_isSampling)
        {
            return;
        }

        ulong weight = 0;
        ulong cold = 0;
        ulong behind = 0;
        ulong lines = (ulong)_cold.Lines.Count;
        foreach (ref readonly CacheMiss miss in _misses.Misses[known..])
        {
            ulong each = WeightOf(miss);
            bool isCold = _cold.Lines.Remove(miss.Line);
            weight += each;
            cold += isCold ? each : 0;
            behind += isCold && miss.BehindCut ? 1UL : 0;
            _heaviest = Math.Max(_heaviest, each);
        }

        if (IsInWindow)
        {
            slot.Sample.Cold!.Add(weight, cold, checked((lines - behind) * _heaviest));
        }
    }

    /// <summary>The phase has all its instructions, and the vCPU is the minimum of the node.</summary>
    private void EndPhase(VcpuSlot slot)
    {
        bool isAlone = _slots.Length == 1;
        VirtualTime at;
        do
        {
            // What is to come can wake another vCPU, whose requests then come sooner.
            at = slot.Clock.Now;
            VirtualTime end = isAlone ? at : VirtualTime.Min(at, VirtualTime.Min(NextTime, _grant));
            _weaver?.WeaveTo(end, end);
            SampleRequests(end);
            Settle();
        }
        while (isAlone && slot.Clock.Now != at);

        if (IsInWindow)
        {
            EndWindow();
        }
        else if (_schedule!.Phase == SamplePhase.Opening)
        {
            EndOpening();
        }

        _schedule!.Next();
        BeginPhase();
    }

    /// <summary>All there is to go by until the first window.</summary>
    private void EndOpening()
    {
        StallSums sums = new();
        foreach (VcpuSlot slot in _slots)
        {
            SampleMark mark = MarkOf(slot);
            sums.Add(mark.UnknownUnits, mark.Weight);
        }

        if (sums.Weight > 0)
        {
            _openingSums = sums;
        }
    }

    private void BeginPhase()
    {
        if (IsInWindow)
        {
            BeginWindow();
        }

        if (IsFastForward)
        {
            foreach (VcpuSlot slot in _slots)
            {
                slot.Sample.Cold?.Seen.Clear();
            }
        }

        MemoryEventLevel level = IsFastForward ? _options.Sampling!.FastForward : MemoryEventLevel.Full;
        if (level != _level || !_hasLevel)
        {
            SwitchEvents(level);
        }
    }

    private void BeginWindow()
    {
        foreach (VcpuSlot slot in _slots)
        {
            slot.Sample.BeginWindow(MarkOf(slot));
        }
    }

    private void EndWindow()
    {
        foreach (VcpuSlot slot in _slots)
        {
            SampleMark window = slot.Sample.EndWindow(MarkOf(slot));
            _windowSums.Add(window.UnknownUnits, window.Weight);
        }

        _sampled!.EndWindow();
        foreach (VcpuSlot slot in _slots)
        {
            // One that has nothing to run is charged when it has: its clock is at another's act.
            if (!slot.IsIdle && !slot.NeedsDispatch)
            {
                slot.Clock.AddStall(slot.Sample.Estimate.Pass(0, 0, Others));
            }
        }
    }

    private void ResetSamples()
    {
        _sampled!.ResetStatistics();
        foreach (VcpuSlot slot in _slots)
        {
            slot.Sample.ResetStatistics(MarkOf(slot));
        }
    }

    private void CollectSamples(StatisticsList list)
    {
        list.Add("sampled", _sampled!);
        foreach (VcpuSlot slot in _slots)
        {
            slot.Sample.Collect(
                $"sampled.vcpu{slot.Id.Index}",
                slot.Counters.Sampled(slot) with { EdgeUnits = _options.OutOfOrder is null ? 0 : _heaviest },
                _openingSums,
                _options.Sampling!.Quantile,
                list);
        }
    }

    /// <summary>With accesses reported between windows, L1 hits are in the program's own units there, and
    /// what misses add is all that is not known.</summary>
    private SampleMark MarkOf(VcpuSlot slot)
    {
        ulong missUnits = slot.Timeline!.StallUnits;
        return WeighsMisses
            ? new SampleMark(
                slot.Instructions,
                missUnits,
                missUnits,
                slot.Sample.Misses.KnownUnits,
                slot.Sample.Misses.Units)
            : new SampleMark(
                slot.Instructions, slot.Clock.StallUnits - slot.WindowStall, missUnits, 0, slot.Instructions);
    }
}
