using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>How far a vCPU runs before the loop looks again. All lengths are cost units on the
/// vCPU's own program counter of cost (executed + L1-hit part), so that where a slice ends depends
/// on the program alone.</summary>
public sealed class SlicePolicy
{
    /// <summary>Grid on which timers, deadlines and `until` are looked at. It is not the slice:
    /// with one vCPU the slice length must not show.</summary>
    public const ulong CheckCycles = 1_000;

    /// <summary>A lone vCPU comes back this often at least, to hear of a stop request.</summary>
    public const ulong BudgetCyclesMax = 4_000_000;

    /// <summary>A slice among vCPUs that are apart is so many times as long: to go from one process's
    /// memory to another's costs the host as much as some thousand instructions.</summary>
    public const ulong ApartSlices = 200;

    private readonly ulong _slice;
    private readonly ulong _check;
    private readonly ulong _max;
    private readonly ulong _worstSpeed;

    /// <param name="worstStallPerCycle">Worst bound stall, in cycles, that one executed cycle can
    /// bring; 0 when memory adds nothing.</param>
    public SlicePolicy(ulong sliceCycles, ulong worstStallPerCycle, ulong unitsPerCycle)
    {
        Invariant.Require(sliceCycles > 0 && unitsPerCycle > 0);
        _slice = checked(sliceCycles * unitsPerCycle);
        _check = checked(CheckCycles * unitsPerCycle);
        _max = Math.Min(checked(BudgetCyclesMax * unitsPerCycle), int.MaxValue);
        _worstSpeed = checked(worstStallPerCycle + 1);
    }

    public ulong CheckUnits => _check;

    /// <summary>The program position at which to look again at what happens
    /// <paramref name="distance"/> units of virtual time from now: as far as even the worst stall
    /// can't carry V past it, but one step of the grid at least.</summary>
    public ulong NextCheck(ulong program, ulong distance)
    {
        ulong steps = Math.Max(1, distance / _worstSpeed / _check);
        UInt128 next = ((UInt128)(program / _check) + steps) * _check;
        return next > ulong.MaxValue ? ulong.MaxValue : (ulong)next;
    }

    /// <summary>Budget of a slice that begins at <paramref name="program"/>.</summary>
    /// <param name="nextCheck">Program position to stop at, from <see cref="NextCheck"/>.</param>
    /// <param name="intervalUnits">Units to the end of the weave interval;
    /// <see cref="ulong.MaxValue"/> if nothing is weaved.</param>
    /// <param name="sliceUnits">From <see cref="SliceUnits"/>.</param>
    public uint Budget(ulong program, ulong nextCheck, ulong intervalUnits, ulong sliceUnits)
    {
        Invariant.Require(nextCheck > program);
        ulong budget = Math.Min(nextCheck - program, intervalUnits);
        if (sliceUnits != 0)
        {
            budget = Math.Min(budget, sliceUnits - (program % sliceUnits));
        }

        return (uint)Math.Clamp(budget, 1, _max);
    }

    /// <summary>Length of a slice; slices end at its multiples. 0 if nobody cares where.</summary>
    public ulong SliceUnits(Rivals rivals) => rivals switch
    {
        Rivals.None => 0,
        Rivals.Apart => Math.Min(checked(_slice * ApartSlices), _max),
        _ => _slice,
    };
}
