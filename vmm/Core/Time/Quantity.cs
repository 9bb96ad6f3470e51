using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Dilaton.Core;

/// <summary>Reads and writes quantities with their unit: "10us", "2.5GHz", "32KiB", "40Gbps".
/// Exact: decimal digits are kept as integers, and a value that is not a whole number of the base
/// unit is refused. A bare number where a unit is due is refused.</summary>
public static class Quantity
{
    private static readonly (string Unit, ulong Scale)[] s_times =
    [
        ("ps", 1), ("ns", 1_000), ("us", 1_000_000), ("µs", 1_000_000), ("ms", 1_000_000_000),
        ("s", 1_000_000_000_000), ("min", 60_000_000_000_000), ("m", 60_000_000_000_000),
        ("h", 3_600_000_000_000_000),
    ];

    private static readonly (string Unit, ulong Scale)[] s_frequencies =
        [("Hz", 1), ("kHz", 1_000), ("KHz", 1_000), ("MHz", 1_000_000), ("GHz", 1_000_000_000)];

    private static readonly (string Unit, ulong Scale)[] s_sizes =
    [
        ("B", 1), ("KiB", 1UL << 10), ("MiB", 1UL << 20), ("GiB", 1UL << 30), ("TiB", 1UL << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ];

    private static readonly (string Unit, ulong Scale)[] s_bandwidths =
    [
        ("bps", 1), ("kbps", 1_000), ("Mbps", 1_000_000), ("Gbps", 1_000_000_000),
        ("Tbps", 1_000_000_000_000), ("B/s", 8), ("kB/s", 8_000), ("MB/s", 8_000_000),
        ("GB/s", 8_000_000_000), ("TB/s", 8_000_000_000_000),
        ("KiB/s", 8UL << 10), ("MiB/s", 8UL << 20), ("GiB/s", 8UL << 30),
    ];

    public static bool TryParseDuration(
        string text, out VirtualDuration value, [NotNullWhen(false)] out string? why)
    {
        bool ok = TryParse(text, s_times, "a time such as 10us", out ulong scaled, out why);
        value = new VirtualDuration(scaled);
        return ok;
    }

    public static bool TryParseFrequency(
        string text, out Frequency value, [NotNullWhen(false)] out string? why)
    {
        bool ok = TryParse(
            text, s_frequencies, "a frequency such as 2.5GHz", out ulong scaled, out why);
        if (ok && scaled == 0)
        {
            (ok, why) = (false, $"'{text}' is not above zero");
        }

        value = new Frequency(scaled);
        return ok;
    }

    /// <summary>Bytes.</summary>
    public static bool TryParseSize(
        string text, out ulong sizeBytes, [NotNullWhen(false)] out string? why) =>
        TryParse(text, s_sizes, "a size such as 32KiB", out sizeBytes, out why);

    /// <summary>Bits a second.</summary>
    public static bool TryParseBandwidth(
        string text, out ulong bitsPerSecond, [NotNullWhen(false)] out string? why) =>
        TryParse(text, s_bandwidths, "a bandwidth such as 25GB/s", out bitsPerSecond, out why);

    /// <summary>The shortest exact text in the largest unit that has at most three digits before
    /// the point where possible.</summary>
    public static string FormatDuration(ulong picoseconds) => Format(
        picoseconds,
        [("s", 1_000_000_000_000), ("ms", 1_000_000_000), ("us", 1_000_000), ("ns", 1_000)],
        "ps");

    public static string FormatFrequency(ulong hertz) => Format(
        hertz, [("GHz", 1_000_000_000), ("MHz", 1_000_000), ("kHz", 1_000)], "Hz");

    public static string FormatSize(ulong sizeBytes)
    {
        (string Unit, int Shift)[] units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
        foreach ((string unit, int shift) in units)
        {
            if (sizeBytes != 0 && sizeBytes % (1UL << shift) == 0)
            {
                return $"{sizeBytes >> shift}{unit}";
            }
        }

        return $"{sizeBytes}B";
    }

    private static string Format(
        ulong value, ReadOnlySpan<(string Unit, ulong Scale)> units, string baseUnit)
    {
        foreach ((string unit, ulong scale) in units)
        {
            if (value >= scale)
            {
                string fraction = (value % scale)
                    .ToString(CultureInfo.InvariantCulture)
                    .PadLeft((int)Math.Log10(scale), '0')
                    .TrimEnd('0');
                return fraction.Length == 0
                    ? $"{value / scale}{unit}"
                    : $"{value / scale}.{fraction}{unit}";
            }
        }

        return $"{value}{baseUnit}";
    }

    private static bool TryParse(
        string text,
        (string Unit, ulong Scale)[] units,
        string expected,
        out ulong scaled,
        [NotNullWhen(false)] out string? why)
    {
        scaled = 0;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int digits = 0;
        while (digits < trimmed.Length
            && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.'))
        {
            digits++;
        }

        ReadOnlySpan<char> unit = trimmed[digits..].Trim();
        if (digits == 0)
        {
            why = $"'{text}' is not a number with a unit (expected {expected})";
            return false;
        }

        if (unit.IsEmpty)
        {
            why = $"'{text}' has no unit (expected {expected})";
            return false;
        }

        foreach ((string name, ulong scale) in units)
        {
            if (unit.SequenceEqual(name))
            {
                return TryScale(text, trimmed[..digits], scale, out scaled, out why);
            }
        }

        why = $"'{unit}' is not a unit here (expected {expected}; "
            + $"units: {string.Join(", ", units.Select(u => u.Unit))})";
        return false;
    }

    private static bool TryScale(
        string text,
        ReadOnlySpan<char> number,
        ulong scale,
        out ulong scaled,
        [NotNullWhen(false)] out string? why)
    {
        scaled = 0;
        int point = number.IndexOf('.');
        string digits = point < 0 ? number.ToString() : $"{number[..point]}{number[(point + 1)..]}";
        int decimals = point < 0 ? 0 : number.Length - point - 1;
        if (digits.Contains('.', StringComparison.Ordinal)
            || digits.Length == 0 || digits.Length > 40)
        {
            why = $"'{text}' is not a number";
            return false;
        }

        BigInteger product = BigInteger.Parse(digits, CultureInfo.InvariantCulture) * scale;
        BigInteger divisor = BigInteger.Pow(10, decimals);
        if (!(product % divisor).IsZero)
        {
            why = $"'{text}' is finer than the smallest unit";
            return false;
        }

        BigInteger value = product / divisor;
        if (value > ulong.MaxValue)
        {
            why = $"'{text}' is too large";
            return false;
        }

        scaled = (ulong)value;
        why = null;
        return true;
    }
}
