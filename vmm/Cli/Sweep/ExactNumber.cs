using System.Globalization;
using System.Numerics;

namespace Dilaton.Cli;

/// <summary>An exact rational number of any size, in lowest terms: what ranges and conditions of a
/// sweep are computed in.</summary>
internal readonly record struct ExactNumber : IComparable<ExactNumber>
{
    public ExactNumber(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException();
        }

        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator)
            * denominator.Sign;
        Numerator = numerator / divisor;
        Denominator = denominator / divisor;
    }

    public BigInteger Numerator { get; }

    /// <summary>Above zero.</summary>
    public BigInteger Denominator { get; }

    public static implicit operator ExactNumber(long value) => new(value, 1);

    public static ExactNumber operator +(ExactNumber a, ExactNumber b) => new(
        (a.Numerator * b.Denominator) + (b.Numerator * a.Denominator),
        a.Denominator * b.Denominator);

    public static ExactNumber operator -(ExactNumber a, ExactNumber b) => a + (-1 * b);

    public static ExactNumber operator *(ExactNumber a, ExactNumber b) =>
        new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static ExactNumber operator /(ExactNumber a, ExactNumber b) =>
        new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(ExactNumber a, ExactNumber b) => a.CompareTo(b) < 0;

    public static bool operator >(ExactNumber a, ExactNumber b) => a.CompareTo(b) > 0;

    public static bool operator <=(ExactNumber a, ExactNumber b) => a.CompareTo(b) <= 0;

    public static bool operator >=(ExactNumber a, ExactNumber b) => a.CompareTo(b) >= 0;

    public int CompareTo(ExactNumber other) =>
        (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public ExactNumber Power(int exponent) =>
        new(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent));

    /// <summary>To guess with, not to decide by.</summary>
    public double ToDouble() => Math.Exp(BigInteger.Log(Numerator) - BigInteger.Log(Denominator));

    /// <summary>Reads plain digits with at most one point: "10", "0.25".</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactNumber value)
    {
        value = 0;
        int point = text.IndexOf('.');
        string digits = point < 0 ? text.ToString() : $"{text[..point]}{text[(point + 1)..]}";
        int decimals = point < 0 ? 0 : text.Length - point - 1;
        if (digits.Length is 0 or > 40 || !digits.All(char.IsAsciiDigit)
            || (point >= 0 && (point == 0 || decimals == 0)))
        {
            return false;
        }

        value = new ExactNumber(
            BigInteger.Parse(digits, CultureInfo.InvariantCulture), BigInteger.Pow(10, decimals));
        return true;
    }

    /// <summary>The number with all its decimals, or null if they have no end, or are more.</summary>
    public string? ToDecimal(int decimalsMax)
    {
        BigInteger scale = 1;
        for (int decimals = 0; decimals <= decimalsMax; decimals++, scale *= 10)
        {
            if ((scale % Denominator).IsZero)
            {
                string digits = (BigInteger.Abs(Numerator) * (scale / Denominator))
                    .ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
                string sign = Numerator.Sign < 0 ? "-" : "";
                return decimals == 0 ? sign + digits : $"{sign}{digits[..^decimals]}.{digits[^decimals..]}";
            }
        }

        return null;
    }

    /// <summary>A decimal if it has few digits, else a quotient: what a TDF may be written as.
    /// </summary>
    public override string ToString() => ToDecimal(9) ?? $"{Numerator}/{Denominator}";
}
