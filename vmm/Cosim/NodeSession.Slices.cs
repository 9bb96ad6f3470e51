using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Slices: running guest code and skipping spins.</summary>
public sealed partial class NodeSession
{
    private const int LookInstructionsMin = 4;

    private readonly SpinLookout _lookout = new();

    private void RunSlice(VcpuSlot slot)
    {
        bool spins = false;
        if (_options.FastForwardSpins)
        {
            if (LookForSpin(slot))
            {
                return;
            }

            spins = slot.Spin.IsKnown(_epoch);
            if (spins && !SkipSpin(slot))
            {
                return;
            }
        }

        uint budget = _policy.Budget(
            slot.Program,
            slot.NextCheck,
            _weaver is null ? ulong.MaxValue : slot.Clock.UnitsUntil(_intervalEnd),
            _runnable == 1);
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

    private static void Note(VcpuSlot slot, in VcpuExit exit)
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

        if (exit.Reason != ExitReason.Fault)
        {
            slot.Counters.Exits[(int)exit.Reason]++;
        }
    }

    private void BeginSlice(VcpuSlot slot)
    {
        _sliceVcpu = slot;
        _slicePosition = slot.Position;
        ReadOnlySpan<GuestPhysicalAddress> dropped = _hierarchy is null
            ? []
            : _hierarchy.TakeDroppedLines(slot.Id);
        if (dropped.Length > 0)
        {
            slot.Engine!.DropFilterLines(dropped);
        }
    }

    private void FinishSlice(VcpuSlot slot, ulong instructions, ulong units)
    {
        ulong executed = checked(instructions * _unitsPerInstruction);
        Invariant.Require(units >= executed);
        slot.Clock.AddExecuted(executed);
        slot.Clock.AddStall(units - executed);
        slot.Program = checked(slot.Program + units);
        slot.Counters.Instructions += instructions;
        slot.Instructions += instructions;
        ChargeMemory(slot);
        _sliceVcpu = null;
    }

    /// <summary>Looks whether the vCPU turns in a loop without effect.</summary>
    /// <returns>True if it looked: instructions have run.</returns>
    private bool LookForSpin(VcpuSlot slot)
    {
        if (slot.Spin.IsKnown(_epoch))
        {
            return false;
        }

        _lookout.Tick(slot.HasRepeatedPause, _runnable);
        if (slot.Spin.Round == _lookout.Round || UnitsTo(slot, slot.CheckedFor) < _spinWorthUnits)
        {
            return false;
        }

        int instructions = LookRoom(slot);
        if (instructions < LookInstructionsMin)
        {
            return false;
        }

        slot.Spin.Round = _lookout.Round;
        BeginSlice(slot);
        bool found = slot.Engine!.TryFindSpin(instructions, out SpinIteration iteration);
        FinishSlice(slot, iteration.Instructions, iteration.Units);
        if (found && iteration.Units > 0)
        {
            slot.Spin.Found(iteration, _epoch);
        }
        else
        {
            slot.Spin.NotFound();
        }

        Publish(slot);
        return true;
    }

    /// <summary>Instructions that a look may run without passing the end of a slice.</summary>
    private int LookRoom(VcpuSlot slot)
    {
        if (_runnable == 1)
        {
            return SpinFastForward.InstructionsMax;
        }

        ulong room = _policy.UnitsToSliceEnd(slot.Program);
        if (_weaver is not null)
        {
            room = Math.Min(room, slot.Clock.UnitsUntil(_intervalEnd));
        }

        return (int)Math.Min(room / _lookUnitsMax, SpinFastForward.InstructionsMax);
    }

    /// <summary>Skips whole iterations of the known spin.</summary>
    /// <returns>False if there is nothing to run on from there before another look: something is
    /// due, or nothing ever will be and the run is over.</returns>
    private bool SkipSpin(VcpuSlot slot)
    {
        ulong distance = SkippableUnits(slot);
        if (distance == ulong.MaxValue)
        {
            End(NodeEnd.Deadlock, slot.Clock.Now, 0);
            return false;
        }

        SpinIteration iteration = slot.Spin.Iteration;
        ulong count = SpinFastForward.IterationsWithin(distance, iteration.Units);
        if (count == 0)
        {
            return true;
        }

        ulong instructions = checked(count * iteration.Instructions);
        BeginSlice(slot);
        CountSkippedHits(slot, checked(count * iteration.Loads), instructions);
        FinishSlice(slot, instructions, checked(count * iteration.Units));
        slot.Counters.Spin += instructions;
        if (distance >= _spinWorthUnits)
        {
            _lookout.Paid();
        }

        return false;
    }

    /// <summary>How far the vCPU could spin before anything else happens;
    /// <see cref="ulong.MaxValue"/> if nothing will. What remains is left to run as it would have:
    /// two slices among several runnable vCPUs, two checks before something due.</summary>
    private ulong SkippableUnits(VcpuSlot slot)
    {
        bool hasUnanswered = slot.Timeline is { HasUnanswered: true };
        ulong distance = UnitsTo(slot, slot.CheckedFor);
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

        if (distance == ulong.MaxValue && !hasUnanswered)
        {
            return distance;
        }

        // Answers may move clocks at the next check; else the checks on the way do nothing, and
        // the last of them are one step of the grid apart wherever they began.
        ulong margin = Math.Max(_policy.CheckUnits, _runnable == 1 ? 0 : _policy.SliceUnits) * 2;
        distance -= Math.Min(distance, margin);
        return hasUnanswered ? Math.Min(distance, slot.NextCheck - slot.Program) : distance;
    }

    private static ulong UnitsTo(VcpuSlot slot, VirtualTime time) => time == VirtualTime.MaxValue
        ? ulong.MaxValue
        : slot.Clock.UnitsUntil(time);
}
