namespace Dilaton.Cli;

/// <summary>A number as it stands in a sweep, with its unit or none.</summary>
/// <param name="Count">Of the unit.</param>
internal readonly record struct UnitNumber(ExactNumber Count, SweepUnit? Unit)
{
    public Dimension Dimension => Unit?.Dimension ?? Dimension.None;

    /// <summary>In base units.</summary>
    public ExactNumber Value => Count * (Unit?.Scale ?? 1);

    /// <summary>Reads "10", "5/3", "2.5GHz", "64 KiB".</summary>
    public static bool TryParse(string text, out UnitNumber number)
    {
        number = default;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.'))
        {
            digits++;
        }

        if (!ExactNumber.TryParse(trimmed[..digits], out ExactNumber count))
        {
            return false;
        }

        ReadOnlySpan<char> rest = trimmed[digits..].Trim();
        if (rest.Length > 1 && rest[0] == '/'
            && ExactNumber.TryParse(rest[1..].Trim(), out ExactNumber divisor) && divisor > 0)
        {
            number = new UnitNumber(count / divisor, null);
            return true;
        }

        SweepUnit? unit = SweepUnit.Find(rest);
        number = new UnitNumber(count, unit);
        return rest.IsEmpty || unit is not null;
    }
}
