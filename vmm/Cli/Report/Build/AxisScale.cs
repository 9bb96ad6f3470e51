using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>The values of a swept path as numbers, where they are quantities of one kind.</summary>
/// <param name="Numbers">By distinct value; null where the values are only names.</param>
/// <param name="Unit">s, B, bps, Hz or nothing.</param>
internal sealed record AxisScale(IReadOnlyDictionary<string, double>? Numbers, string Unit)
{
    private static readonly (string Unit, Func<string, double> Read)[] s_kinds =
    [
        ("", Plain),
        ("s", text => Quantity.TryParseDuration(text, out VirtualDuration d, out _)
            ? d.Picoseconds / 1e12 : double.NaN),
        ("B", text => Quantity.TryParseSize(text, out ulong bytes, out _) ? bytes : double.NaN),
        ("bps", text => Quantity.TryParseBandwidth(text, out ulong bits, out _) ? bits : double.NaN),
        ("Hz", text => Quantity.TryParseFrequency(text, out Frequency f, out _) ? f.Hertz : double.NaN),
        ("cycles", text => CycleCount.TryParse(text, out CycleCount c, out _) ? c.Cycles : double.NaN),
    ];

    public static AxisScale Of(IEnumerable<string> values)
    {
        string[] distinct = [.. values.Distinct()];
        foreach ((string unit, Func<string, double> read) in s_kinds)
        {
            Dictionary<string, double> numbers = new(StringComparer.Ordinal);
            foreach (string value in distinct)
            {
                numbers[value] = read(value);
            }

            if (distinct.Length > 0 && numbers.Values.All(double.IsFinite))
            {
                return new AxisScale(numbers, unit);
            }
        }

        return new AxisScale(null, "");
    }

    private static double Plain(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            return value;
        }

        return RatioText.TryParse(text, out Ratio ratio, out _)
            ? (double)ratio.Numerator / ratio.Denominator
            : double.NaN;
    }
}
