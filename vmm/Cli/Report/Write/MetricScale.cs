using System.Globalization;

namespace Dilaton.Cli;

/// <summary>How the figures of one column are shown: one factor, one unit and one number of decimals,
/// so that they align.</summary>
internal sealed record MetricScale(double Factor, string Unit, int Decimals)
{
    private const int Digits = 4;
    private const int DecimalsMax = 6;
    private const double WholeMax = 1e15;

    private static readonly (double Scale, string Prefix)[] s_prefixes =
    [
        (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"),
        (1e-12, "p"),
    ];

    /// <param name="values">Those of the column that are known.</param>
    public static MetricScale Of(string unit, IEnumerable<double> values)
    {
        double[] sizes = [.. values.Where(double.IsFinite).Select(Math.Abs).Where(v => v > 0)];
        (double factor, string symbol) = unit switch
        {
            "Tick" or "ps" => (1e-12, "s"),
            "ns" => (1e-9, "s"),
            "us" => (1e-6, "s"),
            "ms" => (1e-3, "s"),
            "Second" or "s" => (1.0, "s"),
            "Byte" => (1.0, "B"),
            "bps" or "bit/s" or "B/s" or "instr/s" or "Hz" or "B" => (1.0, unit),
            "Byte/Second" => (1.0, "B/s"),
            "Count" or "Cycle" or "Ratio" => (1.0, unit == "Cycle" ? "cycles" : ""),
            _ => (1.0, unit),
        };
        double middle = sizes.Length > 0 ? Sample.Median(sizes) * factor : 1;
        if (symbol is "s" or "B" or "bps" or "bit/s" or "B/s" or "instr/s" or "Hz")
        {
            (double scale, string prefix) = s_prefixes
                .FirstOrDefault(p => middle >= p.Scale && !(symbol == "s" && p.Scale > 1), s_prefixes[^1]);
            (factor, symbol, middle) = (factor / scale, prefix + symbol, middle / scale);
        }

        bool whole = Array.TrueForAll(sizes, v => v * factor < WholeMax && Math.Floor(v * factor) == v * factor);
        double least = sizes.Length > 0 ? Math.Max(sizes.Min() * factor, middle / 1000) : 1;
        int decimals = whole ? 0
            : Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(least)), 0, DecimalsMax);
        return new MetricScale(factor, symbol, decimals);
    }

    public static MetricScale Of(ReportMetric metric) => Of(metric.Unit, metric.Known);

    public string Number(double value) => double.IsNaN(value) ? ""
        : (value * Factor).ToString($"#,0.{new string('0', Decimals)}", CultureInfo.InvariantCulture);

    public string WithUnit(double value)
    {
        string number = Number(value);
        return Unit.Length > 0 && number.Length > 0 ? $"{number} {Unit}" : number;
    }

    /// <summary>A single value on its own scale.</summary>
    public static string Show(double value, string unit) => Of(unit, [value]).WithUnit(value);
}
