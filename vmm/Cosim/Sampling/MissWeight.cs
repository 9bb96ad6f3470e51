namespace Dilaton.Cosim;

/// <summary>What misses stall for, as far as they tell without being timed.</summary>
/// <param name="KnownUnits">At least.</param>
/// <param name="Units">What the rest goes with.</param>
internal readonly record struct MissWeight(ulong KnownUnits, ulong Units)
{
    public static MissWeight operator +(in MissWeight a, in MissWeight b) =>
        checked(new MissWeight(a.KnownUnits + b.KnownUnits, a.Units + b.Units));

    public static MissWeight operator -(in MissWeight a, in MissWeight b) =>
        checked(new MissWeight(a.KnownUnits - b.KnownUnits, a.Units - b.Units));
}
