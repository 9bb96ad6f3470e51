namespace Dilaton.Cosim;

/// <summary>Where a vCPU is in a sampled run, or how far it has come between two such places.</summary>
/// <param name="Instructions">Retired.</param>
/// <param name="StallUnits">Stall that is not in the program's own units between windows.</param>
/// <param name="MissUnits">Stall of misses.</param>
/// <param name="KnownUnits">What is known of it without detail.</param>
/// <param name="Weight">What the rest goes with.</param>
internal readonly record struct SampleMark(
    ulong Instructions, ulong StallUnits, ulong MissUnits, ulong KnownUnits, ulong Weight)
{
    /// <summary>Of two marks' difference.</summary>
    public ulong UnknownUnits => StallUnits - Math.Min(StallUnits, KnownUnits);

    public static SampleMark operator -(in SampleMark to, in SampleMark from) => checked(new SampleMark(
        to.Instructions - from.Instructions,
        to.StallUnits - from.StallUnits,
        to.MissUnits - from.MissUnits,
        to.KnownUnits - from.KnownUnits,
        to.Weight - from.Weight));
}
