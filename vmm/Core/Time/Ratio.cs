using System.Numerics;

namespace Dilaton.Core;

/// <summary>An exact positive rational in lowest terms. No floating point lies on a time path.
/// </summary>
public readonly record struct Ratio
{
    public Ratio(ulong numerator, ulong denominator)
    {
        Invariant.Require(denominator > 0);
        ulong divisor = (ulong)BigInteger.GreatestCommonDivisor(numerator, denominator);
        Numerator = numerator / divisor;
        Denominator = denominator / divisor;
    }

    public static Ratio One => new(1, 1);

    public ulong Numerator { get; }

    public ulong Denominator { get; }

    /// <summary>value x this, rounded down.</summary>
    public ulong ScaleDown(ulong value) =>
        checked((ulong)((UInt128)value * Numerator / Denominator));

    /// <summary>value x this, rounded up.</summary>
    public ulong ScaleUp(ulong value) =>
        checked((ulong)(((UInt128)value * Numerator + (Denominator - 1)) / Denominator));

    public override string ToString() =>
        Denominator == 1 ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}
