namespace Dilaton.Cosim;

/// <summary>What a vCPU of a sampled run has done since statistics began.</summary>
/// <param name="TotalUnits">Executed + stall + kernel + waiting.</param>
/// <param name="BusyUnits">Executed + stall.</param>
internal readonly record struct SampledCounts(
    ulong TotalUnits, ulong BusyUnits, ulong Instructions, ulong UnitsPerCycle);
