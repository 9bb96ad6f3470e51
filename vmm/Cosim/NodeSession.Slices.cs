using System.Runtime.InteropServices;
using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Slices: running guest code and skipping spins.</summary>
public sealed partial class NodeSession
{
    private const int LookInstructionsMin = 4;

    private readonly SpinLookout _lookout = new();
    private readonly byte[] _lookState = new byte[ExtendedState.SizeBytes];
    private Look _look;
    private bool _isLooking;

    /// <summary>Of the slice that is about to run or runs.</summary>
    private ulong _sliceUnits;

    /// <summary>A look at what somebody changes meanwhile finds nothing.</summary>
    private ulong _lookEpoch;

    private void RunSlice(VcpuSlot slot)
    {
        ulong interval = _weaver is null || IsFastForward
            ? ulong.MaxValue
            : slot.Clock.UnitsUntil(_intervalEnd);
        _sliceUnits = slot.Core.Policy.SliceUnits(RivalsOf(slot));
        uint budget = slot.Core.Policy.Budget(
            slot.Program,
            slot.NextCheck,
            Math.Min(interval, UnitsTo(slot, _changeAt)),
            _sliceUnits);
        budget = WithinPhase(Math.Max(budget, _options.SliceLeastUnits));
        bool spins = false;
        if (_options.FastForwardSpins)
        {
            budget -= LookForSpin(slot, budget);
            spins = slot.Spin.IsKnown(_epoch);
            if (budget == 0 || slot.HasExit || (spins && SkipSpin(slot)))
            {
                _epoch += spins ? 0UL : 1UL;
                Publish(slot);
                return;
            }
        }

        BeginSlice(slot);
        VcpuExit exit = slot.Engine!.Run(budget);
        FinishSlice(slot, exit.Instructions, exit.Units);
        Invariant.Require(exit.Reason != ExitReason.BudgetExhausted || exit.Units >= budget);
        if (!spins)
        {
            _epoch++;
        }

        Note(slot, exit);
        Publish(slot);
    }

    /// <summary>HOT: per slice.</summary>
    private Rivals RivalsOf(VcpuSlot slot)
    {
        if (_runnable == 1)
        {
            return Rivals.None;
        }

        foreach (VcpuSlot other in _slots)
        {
            if (other != slot && !other.IsIdle
                && (other.NeedsDispatch
                    || !_kernel!.MayRunAhead(slot.Id, other.Id, slot.Clock.Now)))
            {
                return Rivals.Near;
            }
        }

        return Rivals.Apart;
    }

    private void Note(VcpuSlot slot, in VcpuExit exit)
    {
        switch (exit.Reason)
        {
            case ExitReason.BudgetExhausted:
                break;
            case ExitReason.Pause:
                ref GuestRegisters registers = ref slot.Engine!.Registers;
                slot.HasRepeatedPause = slot.PauseRegisters == registers;
                slot.PauseRegisters = registers;
                break;
            default:
                slot.HasRepeatedPause = false;
                slot.HasExit = true;
                slot.Exit = exit;
                slot.IsDue = true;
                break;
        }

        if (exit.Reason is ExitReason.SystemCall or ExitReason.TimestampRead or ExitReason.RegionMark
            or ExitReason.WindowAccess)
        {
            DrainWindow(slot);
        }

        if (exit.Reason == ExitReason.WindowAccess)
        {
            slot.Clock.AddStall(slot.Core.WindowDelayUnits);
            slot.WindowStall += slot.Core.WindowDelayUnits;
        }

        if (exit.Reason != ExitReason.Fault)
        {
            slot.Counters.Exits[(int)exit.Reason]++;
        }
    }

    private void BeginSlice(VcpuSlot slot)
    {
        _sliceVcpu = slot;
        (_slicePosition, _sliceProgram) = (slot.Position, slot.Program);
        ReadOnlySpan<GuestPhysicalAddress> dropped = _hierarchy is null
            ? []
            : _hierarchy.TakeDroppedLines(slot.Id);
        if (dropped.Length > 0)
        {
            slot.Engine!.DropFilterLines(dropped);
        }

        if (slot.Timeline is { DroppedByPeer.Count: > 0 } timeline)
        {
            slot.Engine!.DropFilterLines(CollectionsMarshal.AsSpan(timeline.DroppedByPeer));
            timeline.DroppedByPeer.Clear();
        }
    }

    private void FinishSlice(VcpuSlot slot, ulong instructions, ulong units)
    {
        ulong executed = _options.MeasuresRunTime
            ? units
            : checked(instructions * slot.Core.UnitsPerInstruction);
        Invariant.Require(units >= executed);
        slot.Clock.AddExecuted(executed);
        slot.Clock.AddStall(units - executed);
        slot.Program = checked(slot.Program + units);
        slot.Share = checked(slot.Share + units);
        slot.Counters.Instructions += instructions;
        slot.Instructions += instructions;
        ChargeMemory(slot);
        _sliceVcpu = null;
        if (_isSampling)
        {
            PassSample(slot, instructions);
        }
    }

    /// <summary>Looks whether the vCPU turns in a loop without effect, within its budget.
    /// </summary>
    /// <returns>What the look has used of the budget.</returns>
    private uint LookForSpin(VcpuSlot slot, uint budget)
    {
        if (slot.Spin.IsKnown(_epoch))
        {
            return 0;
        }

        _lookout.Tick(slot.HasRepeatedPause, _runnable);
        int instructions = (int)Math.Min(
            budget / slot.Core.LookUnitsMax, SpinFastForward.InstructionsMax);
        if (slot.Spin.Round == _lookout.Round || instructions < LookInstructionsMin
            || UnitsTo(slot, OwnHorizon(slot)) < slot.Core.SpinWorthUnits)
        {
            return 0;
        }

        slot.Spin.Round = _lookout.Round;
        _lookEpoch = _epoch;
        ulong used = _level == MemoryEventLevel.Off
            ? LookUnseen(slot, instructions)
            : LookStepwise(slot, instructions);
        return (uint)Math.Min(budget, used);
    }

    /// <summary>With events off the engine looks itself.</summary>
    private ulong LookUnseen(VcpuSlot slot, int instructionsMax)
    {
        BeginSlice(slot);
        bool found = slot.Engine!.TryFindSpin(instructionsMax, out SpinIteration iteration);
        FinishSlice(slot, iteration.Instructions, iteration.Units);
        Note(slot, found, iteration);
        return iteration.Units;
    }

    /// <summary>With events on every access must be seen: slices of one instruction each. Found is
    /// a loop only if a whole turn missed nothing, for then no turn will.</summary>
    private ulong LookStepwise(VcpuSlot slot, int instructionsMax)
    {
        IVcpu vcpu = slot.Engine!;
        GuestRegisters start = vcpu.Registers;
        vcpu.ExtendedState.CopyTo(_lookState);
        SpinIteration turn = default;
        ulong used = 0;
        bool found = false;
        _look = default;
        _isLooking = true;
        _profile?.BeginTurn(slot.Id);
        for (int i = 0; i < instructionsMax && !found; i++)
        {
            BeginSlice(slot);
            VcpuExit exit = vcpu.Run(1);
            FinishSlice(slot, exit.Instructions, exit.Units);
            used += exit.Units;
            turn = new SpinIteration(
                turn.Instructions + exit.Instructions, turn.Units + exit.Units, _look.Loads);
            if (exit.Reason is not ExitReason.BudgetExhausted)
            {
                Note(slot, exit);
            }

            if (slot.HasExit || _look.HasEffect)
            {
                break;
            }

            if (vcpu.Registers == start && vcpu.ExtendedState.SequenceEqual(_lookState.AsSpan(
                0, vcpu.ExtendedState.Length)))
            {
                found = !_look.HasMissed;
                turn = found ? turn : default;
                _look = default;
                if (!found)
                {
                    _profile?.BeginTurn(slot.Id);
                }
            }
        }

        _isLooking = false;
        _profile?.EndTurn(slot.Id);
        Note(slot, found, turn);
        return used;
    }

    private void Note(VcpuSlot slot, bool found, in SpinIteration iteration)
    {
        if (found && iteration.Units > 0 && _lookEpoch == _epoch)
        {
            slot.Spin.Found(iteration, _epoch);
        }
        else
        {
            slot.Spin.NotFound();
        }
    }

    /// <summary>Skips whole iterations of the known spin.</summary>
    /// <returns>True if it skipped any, or if nothing can ever end the spin: then the run is over.
    /// </returns>
    private bool SkipSpin(VcpuSlot slot)
    {
        ulong distance = SkippableUnits(slot);
        if (distance == ulong.MaxValue)
        {
            End(NodeEnd.Deadlock, slot.Clock.Now, 0);
            return true;
        }

        SpinIteration iteration = slot.Spin.Iteration;
        ulong count = SpinFastForward.IterationsWithin(distance, iteration.Units);
        if (count == 0)
        {
            return false;
        }

        SpinIteration skipped = Replay(slot, iteration, count);
        if (checked(slot.Clock.TotalUnits + skipped.Units) >= slot.SampleUnits)
        {
            Sample(slot);
        }

        BeginSlice(slot);
        CountSkippedHits(slot, skipped.Loads, skipped.Instructions);
        if (_level != MemoryEventLevel.Off)
        {
            _profile?.Repeat(slot.Id, skipped.Instructions / iteration.Instructions);
        }

        FinishSlice(slot, skipped.Instructions, skipped.Units);
        slot.Counters.Spin += skipped.Instructions;
        if (distance >= slot.Core.SpinWorthUnits)
        {
            _lookout.Paid();
        }

        return true;
    }

    /// <summary>How far the vCPU could spin before anything else happens;
    /// <see cref="ulong.MaxValue"/> if nothing will. What remains is left to run as it would have:
    /// two slices among several runnable vCPUs, two checks before something due.</summary>
    private ulong SkippableUnits(VcpuSlot slot)
    {
        bool hasUnanswered = slot.Timeline is { HasUnanswered: true };
        ulong distance = UnitsTo(slot, slot.CheckedFor);
        if (_pipeline is { IsBusy: true })
        {
            distance = Math.Min(distance, UnitsTo(slot, _intervalEnd));
        }

        foreach (VcpuSlot other in _slots)
        {
            if (other == slot || other.IsIdle)
            {
                continue;
            }

            hasUnanswered |= other.Timeline is { HasUnanswered: true };
            if (other.IsDue || !other.Spin.IsKnown(_epoch))
            {
                VirtualTime turn = other.Clock.Now;
                turn += VirtualDuration.FromPicoseconds(slot.Id < other.Id ? 1UL : 0);
                distance = Math.Min(distance, UnitsTo(slot, turn));
            }
            else
            {
                distance = Math.Min(distance, UnitsTo(slot, other.CheckedFor));
            }
        }

        if (distance == ulong.MaxValue)
        {
            return hasUnanswered ? 0 : distance;
        }

        // Answers may move clocks at the next check; else the checks on the way do nothing, and
        // the last of them are one step of the grid apart wherever they began.
        ulong margin = Math.Max(slot.Core.Policy.CheckUnits, _sliceUnits) * 2;
        distance = WithinPhase(slot, distance - Math.Min(distance, margin));
        return hasUnanswered ? Math.Min(distance, slot.NextCheck - slot.Program) : distance;
    }

    private static ulong UnitsTo(VcpuSlot slot, VirtualTime time) => time == VirtualTime.MaxValue
        ? ulong.MaxValue
        : slot.Clock.UnitsUntil(time);

    /// <summary>What the instructions of a look did to memory.</summary>
    private struct Look
    {
        public ulong Loads;
        public bool HasEffect;
        public bool HasMissed;

        public void Add(in MemoryEventBlock block)
        {
            SuppressedHits hits = block.Suppressed + block.SureHits;
            Loads += hits.Loads;
            HasEffect |= (hits.Stores | hits.Modifies | hits.Atomics) != 0;
            foreach (MemoryEventKind kind in block.Kinds)
            {
                Loads += kind == MemoryEventKind.Load ? 1UL : 0;
                HasEffect |= kind is not (MemoryEventKind.Load or MemoryEventKind.Fetch);
            }
        }
    }
}
