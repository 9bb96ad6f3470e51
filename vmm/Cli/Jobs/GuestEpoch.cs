using System.Globalization;

namespace Dilaton.Cli;

/// <summary>A UTC time in whole seconds since 1970, written as 2026-01-01T00:00:00Z.</summary>
internal readonly record struct GuestEpoch(long UnixSeconds)
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static bool TryParse(string text, out GuestEpoch value, out string? why)
    {
        value = default;
        bool ok = DateTimeOffset.TryParseExact(
            text.Trim(),
            Pattern,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset parsed);
        if (!ok || parsed.Year is < 1970 or > 2200)
        {
            why = $"'{text}' is not a UTC time from 1970 to 2200 "
                + "(expected one such as 2026-01-01T00:00:00Z)";
            return false;
        }

        value = new GuestEpoch(parsed.ToUnixTimeSeconds());
        why = null;
        return true;
    }

    public override string ToString() => DateTimeOffset.FromUnixTimeSeconds(UnixSeconds)
        .ToString(Pattern, CultureInfo.InvariantCulture);
}
