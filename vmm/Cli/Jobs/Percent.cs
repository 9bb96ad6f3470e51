using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A share, written as "1%" or "2.5%".</summary>
internal readonly record struct Percent(Ratio Share)
{
    public const string Pattern = @"^\s*[0-9]+(\.[0-9]+)?\s*%\s*$";

    public static Percent Of(ulong percent) => new(new Ratio(percent, 100));

    public static bool TryParse(string text, out Percent value, out string? why)
    {
        string trimmed = text.Trim();
        bool ok = trimmed.EndsWith('%')
            & RatioText.TryParse(trimmed.TrimEnd('%').Trim(), out Ratio number, out _)
            & !trimmed.Contains('/', StringComparison.Ordinal);
        value = new Percent(ok ? new Ratio(number.Numerator, checked(number.Denominator * 100)) : Ratio.One);
        why = ok ? null : $"'{text}' is not a percentage (expected one such as 1% or 2.5%)";
        return ok;
    }

    public double ToDouble() => (double)Share.Numerator / Share.Denominator;

    public override string ToString() =>
        $"{RatioText.Format(new Ratio(checked(Share.Numerator * 100), Share.Denominator))}%";
}
