using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Core cycles, written as "4cycles".</summary>
internal readonly record struct CycleCount(uint Cycles)
{
    public static bool TryParse(string text, out CycleCount value, out string? why)
    {
        value = default;
        string trimmed = text.Trim();
        int digits = 0;
        while (digits < trimmed.Length && char.IsAsciiDigit(trimmed[digits]))
        {
            digits++;
        }

        string unit = trimmed[digits..].Trim();
        if (digits == 0 || unit is not ("cycles" or "cycle" or ""))
        {
            why = $"'{text}' is not a number of cycles (expected one such as 4cycles)";
            return false;
        }

        if (unit.Length == 0)
        {
            why = $"'{text}' has no unit (expected cycles such as 4cycles)";
            return false;
        }

        if (!uint.TryParse(trimmed[..digits], CultureInfo.InvariantCulture, out uint cycles))
        {
            why = $"'{text}' is too large";
            return false;
        }

        value = new CycleCount(cycles);
        why = null;
        return true;
    }

    public override string ToString() => $"{Cycles}cycles";
}
