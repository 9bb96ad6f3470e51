using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Numbers as a report writes them.</summary>
internal static class NumberText
{
    /// <summary>Four significant digits.</summary>
    public static string Short(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value == 0 ? "0" : double.IsNaN(value) ? "unknown" : value > 0 ? "infinite" : "-infinite";
        }

        double size = Math.Abs(value);
        if (size is < 1e-4 or >= 1e7)
        {
            return value.ToString("0.###e0", CultureInfo.InvariantCulture);
        }

        int decimals = Math.Max(0, 3 - (int)Math.Floor(Math.Log10(size)));
        return value.ToString($"#,0.{new string('#', decimals)}", CultureInfo.InvariantCulture);
    }

    /// <param name="share">As a part of 1.</param>
    public static string Percent(double share) => Math.Abs(share) is > 0 and < 0.0005
        ? (100 * share).ToString("0.0##", CultureInfo.InvariantCulture) + " %"
        : (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Enough decimals to see two digits of the half-width.</summary>
    public static string PlusMinus(double value, double half)
    {
        int decimals = half > 0 && double.IsFinite(half)
            ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(half)), 2, 6)
            : 4;
        string format = "0." + new string('0', decimals);
        string shown = half > 0 && half < 1e-6 ? "under 0.000001" : half.ToString(format, CultureInfo.InvariantCulture);
        string number = value.ToString(format, CultureInfo.InvariantCulture);
        return $"{(number.Trim('-', '0', '.').Length == 0 ? number.TrimStart('-') : number)} ± {shown}";
    }

    /// <summary>The value as it came: the shortest text that reads back the same.</summary>
    public static string Exact(double value) =>
        double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
