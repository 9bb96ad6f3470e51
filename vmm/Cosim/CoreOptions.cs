using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>The core of one vCPU, where a node's are not alike: docs/time.md, 1.6.</summary>
public sealed record CoreOptions
{
    public const ulong SpeedTermMax = 1_000;

    /// <summary>Which of the node's kinds it is, from 0; told in statistics.</summary>
    public int Kind { get; init; }

    /// <summary>Its clock rate, of the node's: above 0, at most 1.</summary>
    public required Ratio Speed { get; init; }

    /// <summary>As <see cref="NodeSessionOptions.CyclesPerInstruction"/>.</summary>
    public required Ratio CyclesPerInstruction { get; init; }

    /// <summary>As <see cref="NodeSessionOptions.StoreBufferEntries"/>.</summary>
    public required int StoreBufferEntries { get; init; }

    /// <summary>As <see cref="NodeSessionOptions.SecondLevelCycles"/>.</summary>
    public uint SecondLevelCycles { get; init; }

    /// <summary>As <see cref="NodeSessionOptions.OutOfOrder"/>.</summary>
    public OutOfOrderOptions? OutOfOrder { get; init; }

    /// <summary>As <see cref="NodeSessionOptions.Branches"/>.</summary>
    public BranchOptions? Branches { get; init; }

    /// <summary>Its clock in a node of this frequency, rounded down to whole hertz.</summary>
    public Frequency ClockOf(Frequency node) => new(Speed.ScaleDown(node.Hertz));

    /// <exception cref="ConfigException">A value makes no sense.</exception>
    internal void Validate(Frequency node, bool isFiltered, bool skipsSpins)
    {
        Check(Speed.Numerator >= 1 && Speed.Numerator <= Speed.Denominator
            && Speed.Denominator <= SpeedTermMax && ClockOf(node).Hertz > 0,
            "cores.kinds.speed", $"must be above 0, at most 1, in parts of 1/{SpeedTermMax}");
        Check(CyclesPerInstruction.Denominator is >= 1 and <= NodeSessionOptions.CpiTermMax
            && CyclesPerInstruction.Numerator is >= 1 and <= NodeSessionOptions.CpiTermMax,
            "cores.cpi", $"must be a ratio of numbers from 1 to {NodeSessionOptions.CpiTermMax}");
        Check(StoreBufferEntries is >= 1 and <= 1_024,
            "cores.storeBuffer", "must be 1 to 1024 entries");
        Check(OutOfOrder is null or { WindowInstructions: >= 1 and <= OutOfOrderOptions.WindowMax,
            LoadQueueEntries: >= 1 and <= OutOfOrderOptions.EntriesMax,
            MissRegisters: >= 1 and <= OutOfOrderOptions.EntriesMax },
            "cores.model", $"needs 1 to {OutOfOrderOptions.WindowMax} window entries, 1 to "
                + $"{OutOfOrderOptions.EntriesMax} loads and MSHRs");
        Check(OutOfOrder is null || !isFiltered,
            "cores.model.kind", "interval needs every access: filtered leaves out the hits that chains go through");
        Check(Branches is null || (Branches.IsValid && !skipsSpins),
            "cores.model.branchPredictor", "needs entries that are a power of two from "
                + $"{BranchPredictor.EntriesMin} to {BranchPredictor.EntriesMax}, a penalty of 1 to "
                + $"{BranchOptions.PenaltyCyclesMax} cycles, tables within their limits, and every spin");
    }

    private static void Check(bool ok, string key, string why)
    {
        if (!ok)
        {
            throw new ConfigException(key, why);
        }
    }
}
