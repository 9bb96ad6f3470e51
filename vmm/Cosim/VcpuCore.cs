using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A vCPU's core, and what follows from it in its own units.</summary>
internal sealed class VcpuCore
{
    private const int LookLoadsMax = 4;

    private readonly ulong _sliceCycles;

    /// <param name="sliceCycles">Of the node's clock.</param>
    public VcpuCore(CoreOptions options, ulong sliceCycles, ulong worstStallPerCycle)
    {
        Options = options;
        UnitsPerCycle = options.CyclesPerInstruction.Denominator;
        UnitsPerInstruction = options.CyclesPerInstruction.Numerator;
        WindowDelayUnits = UnitsPerCycle - Math.Min(UnitsPerCycle, UnitsPerInstruction);

        // A slice takes as long on every core, however many of its own cycles that is.
        _sliceCycles = Math.Max(1, options.Speed.ScaleDown(sliceCycles));
        Policy = new SlicePolicy(_sliceCycles, worstStallPerCycle, UnitsPerCycle);
    }

    public CoreOptions Options { get; }

    public ulong UnitsPerCycle { get; }

    public ulong UnitsPerInstruction { get; }

    /// <summary>What an access to a window waits for the end of the core cycle before it, so that an answer for
    /// which the core waited has come: 0 with a CPI of 1 or more.</summary>
    public ulong WindowDelayUnits { get; }

    public SlicePolicy Policy { get; private set; }

    /// <summary>What the first touch of a page costs.</summary>
    public ulong PageFaultUnits { get; set; }

    /// <summary>More than an instruction of a look for a spin costs.</summary>
    public ulong LookUnitsMax { get; private set; }

    /// <summary>A spin that can't be skipped for as long is not looked for.</summary>
    public ulong SpinWorthUnits { get; private set; }

    public void ChangeWorstStall(ulong worstStallPerCycle) =>
        Policy = new SlicePolicy(_sliceCycles, worstStallPerCycle, UnitsPerCycle);

    public void ChangeCost(in CoreCost cost)
    {
        LookUnitsMax = UnitsPerInstruction + (LookLoadsMax * cost.UnitsPerLoad);
        SpinWorthUnits = Math.Max(
            SpinFastForward.WorthwhileCycles * UnitsPerCycle,
            SpinFastForward.InstructionsMax * LookUnitsMax);
    }
}
