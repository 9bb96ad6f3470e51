using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Level sampled with an engine that counts instructions: docs/time.md, 14.
/// <code>
///   fast forward ──Left = 0──► warm-up ──Left = 0──► window ──Left = 0──► fast forward
///   stall estimated            stall timed           stall timed, a sample
/// </code>
/// No slice goes past a phase's last instruction. Then, with all memory before it timed, the next phase
/// begins; it is no action point, and shows in nothing but what is timed.</summary>
public sealed partial class NodeSession
{
    private readonly WindowSchedule? _schedule;
    private readonly SampledWindows? _sampled;
    private readonly StallSums _windowSums = new();

    /// <summary>False outside of the region that marks switch.</summary>
    private bool _isSampling;

    /// <summary>Nothing is timed: stall is estimated.</summary>
    private bool IsFastForward => _isSampling && _schedule!.Phase == SamplePhase.FastForward;

    private bool IsInWindow => _isSampling && _schedule!.Phase == SamplePhase.Window;

    private void StartSampling()
    {
        if (_hierarchy is null || _peer is not null)
        {
            throw new ConfigException(
                "events", "sampled needs caches, and memory that is timed in process");
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
            units = slot.Sample.Estimate.ProgramUnitsWithin(units, _unitsPerInstruction, _windowSums);
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
        if (IsFastForward)
        {
            slot.Clock.AddStall(slot.Sample.Estimate.Pass(instructions, _windowSums));
        }

        _sampled!.Pass(_schedule!.Phase, instructions);
        _schedule.Pass(instructions);
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

        _schedule!.Next();
        BeginPhase();
    }

    private void BeginPhase()
    {
        if (IsInWindow)
        {
            BeginWindow();
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
            StallSums sums = slot.Sample.Estimate.Windows;
            (ulong stall, ulong instructions) = (sums.StallUnits, sums.Instructions);
            SampleMark told = slot.Sample.EndWindow(MarkOf(slot));
            _windowSums.Add(sums.StallUnits - stall, sums.Instructions - instructions);
            _sampled!.Add(
                told.Instructions, checked(told.Instructions * _unitsPerInstruction), told.StallUnits);
        }

        _sampled!.EndWindow();
        foreach (VcpuSlot slot in _slots)
        {
            // One that has nothing to run is charged when it has: its clock is at another's act.
            if (!slot.IsIdle && !slot.NeedsDispatch)
            {
                slot.Clock.AddStall(slot.Sample.Estimate.Pass(0, _windowSums));
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
                $"sampled.vcpu{slot.Id.Index}.cycles",
                slot.Counters.UnitsSinceReset(slot.Clock),
                _unitsPerCycle,
                _options.Sampling!.Quantile,
                list);
        }
    }

    /// <summary>With accesses reported between windows, L1 hits are in the program's own units there, and
    /// what misses add is all that is not known.</summary>
    private SampleMark MarkOf(VcpuSlot slot)
    {
        ulong stall = slot.Clock.StallUnits - slot.WindowStall;
        return new SampleMark(
            slot.Instructions,
            stall,
            _options.Sampling!.FastForward == MemoryEventLevel.Off ? stall : slot.Timeline!.StallUnits);
    }
}
