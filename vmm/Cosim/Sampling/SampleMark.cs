namespace Dilaton.Cosim;

/// <summary>Where a vCPU is in a sampled run, or how far it has come between two such places.</summary>
/// <param name="Instructions">Retired.</param>
/// <param name="StallUnits">All stall but that of accesses to windows of memory.</param>
/// <param name="UnknownUnits">What of it is not known without detail.</param>
internal readonly record struct SampleMark(ulong Instructions, ulong StallUnits, ulong UnknownUnits)
{
    public static SampleMark operator -(in SampleMark to, in SampleMark from) => checked(new SampleMark(
        to.Instructions - from.Instructions,
        to.StallUnits - from.StallUnits,
        to.UnknownUnits - from.UnknownUnits));
}
