namespace Dilaton.Core;

/// <summary>What an instruction costs each time it runs.</summary>
/// <param name="Place">As <see cref="ICodeProfile.PlaceOf"/>.</param>
/// <param name="Units">Cost units, L1-hit parts included.</param>
/// <param name="Loads">Accesses that read, those that also write among them.</param>
/// <param name="Stores">Accesses that write.</param>
public readonly record struct PlaceCost(int Place, uint Units, uint Loads, uint Stores);
