namespace Dilaton.Cosim;

/// <summary>What a vCPU of a sampled run has done since statistics began.</summary>
/// <param name="TotalUnits">Executed + stall + kernel + waiting.</param>
/// <param name="BusyUnits">Executed + stall.</param>
/// <param name="EdgeUnits">What of a window's stall is not certain to be its own, since misses are in flight
/// where it begins and ends.</param>
internal readonly record struct SampledCounts(
    ulong TotalUnits, ulong BusyUnits, ulong Instructions, ulong UnitsPerCycle, ulong EdgeUnits = 0);
