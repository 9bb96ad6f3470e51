using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Slices: running guest code and skipping spins.</summary>
public sealed partial class NodeSession
{
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

    /// <summary>Looks whether the vCPU turns in a loop without effect, when a skip would pay.
    /// </summary>
    /// <returns>True if it looked: instructions have run.</returns>
    private bool LookForSpin(VcpuSlot slot)
    {
        if (slot.Spin.IsKnown(_epoch) || !slot.Spin.ShouldLook(slot.HasRepeatedPause)
            || SkippableUnits(slot) < _spinWorthUnits)
        {
            return false;
        }

        BeginSlice(slot);
        bool found = slot.Engine!.TryFindSpin(
            SpinFastForward.InstructionsMax, out SpinIteration iteration);
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

    /// <summary>Skips whole iterations of the known spin.</summary>
    /// <returns>False if nothing can ever end it: the run is over.</returns>
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
        if (count > 0)
        {
            ulong instructions = checked(count * iteration.Instructions);
            BeginSlice(slot);
            CountSkippedHits(slot, checked(count * iteration.Loads), instructions);
            FinishSlice(slot, instructions, checked(count * iteration.Units));
            slot.Counters.Spin += instructions;
        }

        return true;
    }

    /// <summary>How far the vCPU could spin before anything else happens. Among several runnable
    /// vCPUs two slices are left to run as they would have.</summary>
    private ulong SkippableUnits(VcpuSlot slot)
    {
        ulong toCheck = slot.NextCheck == ulong.MaxValue
            ? ulong.MaxValue
            : slot.NextCheck - slot.Program;
        if (_runnable == 1)
        {
            return toCheck;
        }

        ulong distance = toCheck;
        if (slot.CheckedFor != VirtualTime.MaxValue)
        {
            distance = Math.Min(distance, slot.Clock.UnitsUntil(slot.CheckedFor));
        }

        foreach (VcpuSlot other in _slots)
        {
            if (other == slot || other.IsIdle)
            {
                continue;
            }

            bool spins = !other.IsDue && other.Spin.IsKnown(_epoch);
            if (!spins)
            {
                VirtualTime turn = other.Clock.Now;
                if (slot.Id < other.Id)
                {
                    turn += VirtualDuration.FromPicoseconds(1);
                }

                distance = Math.Min(distance, slot.Clock.UnitsUntil(turn));
            }
            else if (other.CheckedFor != VirtualTime.MaxValue)
            {
                distance = Math.Min(distance, slot.Clock.UnitsUntil(other.CheckedFor));
            }
        }

        ulong margin = 2 * _policy.SliceUnits;
        return distance == ulong.MaxValue ? distance : distance - Math.Min(distance, margin);
    }
}
