namespace Dilaton.Core;

/// <summary>A guest processor of an engine. Its owner thread alone calls it.</summary>
public interface IVcpu
{
    VcpuId Id { get; }

    /// <summary>The process whose code it runs from now on; at first the engine's own. Its filter is
    /// the caller's business (<see cref="FlushFilter"/>).</summary>
    void Enter(IGuestAddressSpace space);

    /// <summary>Architectural state at the instruction boundary where the vCPU stands; valid and
    /// writable between calls of <see cref="Run"/>.</summary>
    ref GuestRegisters Registers { get; }

    /// <summary>x87, SSE and AVX state, laid out as <see cref="Core.ExtendedState"/> says.</summary>
    Span<byte> ExtendedState { get; }

    /// <summary>Runs from rip until an exit. Stops at the first instruction boundary at which at
    /// least <paramref name="budgetUnits"/> cost units are spent, whatever was translated before.
    /// Memory records of the slice go to the sink before it returns. HOT: per slice.</summary>
    /// <param name="budgetUnits">1 to <see cref="int.MaxValue"/>.</param>
    VcpuExit Run(uint budgetUnits);

    /// <summary>Executes the instruction at rip, whose access to a window it came out with, alone.
    /// </summary>
    /// <param name="bytes">What it finds in the window, and afterwards what it left there. Empty:
    /// the window's own memory is taken as it is.</param>
    /// <returns><see cref="ExitReason.BudgetExhausted"/> if it has executed and is counted, at the
    /// cost of an instruction without a load; <see cref="ExitReason.Fault"/> if it faulted.</returns>
    VcpuExit RunWindowAccess(in WindowAccess access, Span<byte> bytes);

    /// <summary>Executes instructions one by one from rip while they are free of stores, system
    /// calls, clock reads and faults, until the registers equal those at the start, or
    /// <paramref name="instructionsMax"/> have run.</summary>
    /// <returns>True if the vCPU stands where it began with equal registers: a spin loop whose one
    /// iteration is <paramref name="iteration"/>. The instructions run are reported in it in either
    /// case and have truly executed.</returns>
    bool TryFindSpin(int instructionsMax, out SpinIteration iteration);

    /// <summary>Drops the lines from the vCPU's filter (snoops, back-invalidations, kernel
    /// copies), in guest-physical line addresses; applied before the next <see cref="Run"/>.
    /// </summary>
    void DropFilterLines(ReadOnlySpan<GuestPhysicalAddress> lines);

    /// <summary>Empties the vCPU's filter: address-space switch, unmapping.</summary>
    void FlushFilter();
}
