using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads exact ratios: "1", "0.25", "3/2".</summary>
internal static class RatioText
{
    public static bool TryParse(string text, out Ratio value, out string? why)
    {
        value = Ratio.One;
        string[] parts = text.Trim().Split('/');
        if (parts.Length is 1 or 2
            && TryDecimal(parts[0], out ulong numerator, out ulong scale)
            && (parts.Length == 1 || TryDecimal(parts[1], out _, out _)))
        {
            ulong denominator = scale;
            if (parts.Length == 2)
            {
                TryDecimal(parts[1], out ulong divisor, out ulong divisorScale);
                if (divisor == 0)
                {
                    why = $"'{text}' divides by zero";
                    return false;
                }

                UInt128 top = (UInt128)numerator * divisorScale;
                UInt128 bottom = (UInt128)scale * divisor;
                if (top > ulong.MaxValue || bottom > ulong.MaxValue)
                {
                    why = $"'{text}' needs too many digits";
                    return false;
                }

                (numerator, denominator) = ((ulong)top, (ulong)bottom);
            }

            value = new Ratio(numerator, denominator);
            why = null;
            return true;
        }

        why = $"'{text}' is not a plain number or quotient (expected one such as 1, 0.25 or 3/2)";
        return false;
    }

    /// <summary>The text that reads back as the same ratio.</summary>
    public static string Format(Ratio ratio)
    {
        ulong scale = 1;
        for (int digits = 0; digits <= 6; digits++, scale *= 10)
        {
            if (scale % ratio.Denominator == 0)
            {
                decimal value = (decimal)ratio.Numerator / ratio.Denominator;
                return value.ToString("0.######", CultureInfo.InvariantCulture);
            }
        }

        return ratio.ToString();
    }

    private static bool TryDecimal(string text, out ulong digits, out ulong scale)
    {
        (digits, scale) = (0, 1);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? text : text[..point] + text[(point + 1)..];
        int decimals = point < 0 ? 0 : text.Length - point - 1;
        if (whole.Length is 0 or > 15 || decimals > 9
            || !ulong.TryParse(
                whole, NumberStyles.None, CultureInfo.InvariantCulture, out digits))
        {
            return false;
        }

        for (int i = 0; i < decimals; i++)
        {
            scale *= 10;
        }

        return true;
    }
}
