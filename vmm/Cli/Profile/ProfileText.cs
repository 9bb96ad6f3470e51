using System.Globalization;
using System.Text;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A profile for people, in the manner of `perf report`: what took the most cycles first. Shares are
/// of the cycles in which the cores did not wait.</summary>
internal sealed class ProfileText
{
    private const int FunctionsMax = 40;
    private const int LinesMax = 40;
    private const int DataMax = 20;
    private const string Mispredictions = "mispredictions";

    private readonly StringBuilder _text = new();
    private readonly NamedProfile _profile;
    private readonly double _busy;
    private readonly bool _hasBranches;

    private ProfileText(NamedProfile profile)
    {
        _profile = profile;
        ProfileTable table = profile.Table;
        _hasBranches = table.Columns.Any(column => column.Name == Mispredictions);
        _busy = ProfileFigure.Cycles(
            table, table.Totals[profile.Cycles] - table.Totals[profile.Index("waiting")]);
    }

    public static string Of(NamedProfile profile, string node)
    {
        ProfileText text = new(profile);
        text._text.Append(CultureInfo.InvariantCulture,
            $"  where the cycles of {node} went: {ProfileFigure.Grouped(text._busy)} without waiting\n\n");
        text.AppendCode("function", profile.Functions, FunctionsMax, row => Shorten(row.Module) + row.Function);
        text._text.Append('\n');
        text.AppendCode("line", [.. profile.Lines.Where(row => row.Line > 0)], LinesMax,
            row => string.Create(CultureInfo.InvariantCulture, $"{row.File}:{row.Line} {row.Function}"));
        text.AppendData();
        foreach (string remark in profile.Remarks)
        {
            text._text.Append("\n  ").Append(remark);
        }

        return text._text.ToString().TrimEnd('\n') + "\n";
    }

    private void AppendCode(string what, IReadOnlyList<NamedRow> rows, int most, Func<NamedRow, string> name)
    {
        if (rows.Count == 0)
        {
            return;
        }

        _text.Append(CultureInfo.InvariantCulture,
            $"  {"cycles",16} {"%",6} {"sum %",6} {"stall %",7} {"CPI",7} {"L1D misses",12}")
            .Append(_hasBranches ? $" {"mispredicted",12}" : "")
            .Append("  ").Append(what).Append('\n');
        double sum = 0;
        foreach (NamedRow row in rows.Take(most))
        {
            double cycles = ProfileFigure.Cycles(_profile.Table, row.Values[_profile.Cycles]);
            sum += cycles;
            AppendFigures(row.Values, cycles, sum);
            _text.Append("  ").Append(name(row)).Append('\n');
        }

        if (rows.Count > most)
        {
            _text.Append(CultureInfo.InvariantCulture, $"  {$"and {rows.Count - most} more",16}\n");
        }
    }

    private void AppendFigures(ulong[] values, double cycles, double sum)
    {
        ProfileTable table = _profile.Table;
        ulong kernel = values[_profile.Index("kernel")];
        ulong executed = values[_profile.Index("executed")];
        ulong instructions = values[0];
        double stall = ProfileFigure.Cycles(table, values[_profile.Cycles] - kernel - executed);
        ulong misses = Value(values, "l1dLoadMisses") + Value(values, "l1dStoreMisses");
        string cpi = instructions == 0
            ? "-"
            : string.Create(CultureInfo.InvariantCulture,
                $"{ProfileFigure.Cycles(table, values[_profile.Cycles] - kernel) / instructions:0.00}");
        _text.Append(CultureInfo.InvariantCulture,
            $"  {ProfileFigure.Grouped(cycles),16} {Share(cycles, _busy),6} {Share(sum, _busy),6} ")
            .Append(CultureInfo.InvariantCulture,
                $"{Share(stall, cycles),7} {cpi,7} {ProfileFigure.Grouped(misses),12}");
        if (_hasBranches)
        {
            _text.Append(
                CultureInfo.InvariantCulture, $" {ProfileFigure.Grouped(Value(values, Mispredictions)),12}");
        }
    }

    private void AppendData()
    {
        if (_profile.Data.Count == 0)
        {
            return;
        }

        _text.Append(CultureInfo.InvariantCulture,
            $"\n  {"stall cycles",16} {"%",6} {"L1D misses",12}  memory\n");
        foreach (DataRow row in _profile.Data.Take(DataMax))
        {
            double cycles = ProfileFigure.Cycles(_profile.Table, row.Values[_profile.Cycles]);
            ulong misses = Value(row.Values, "l1dLoadMisses") + Value(row.Values, "l1dStoreMisses");
            _text.Append(CultureInfo.InvariantCulture,
                $"  {ProfileFigure.Grouped(cycles),16} {Share(cycles, _busy),6} ")
                .Append(CultureInfo.InvariantCulture, $"{ProfileFigure.Grouped(misses),12}  {NameOf(row)}\n");
        }
    }

    private string NameOf(DataRow row)
    {
        if (row.Site is not { } place)
        {
            string file = row.Region.File is { } name ? $" of {Base(name)}" : "";
            return string.Create(
                CultureInfo.InvariantCulture, $"{row.Region.Kind}{file} 0x{row.Low:x}-0x{row.High:x}");
        }

        NamedRow site = _profile.NameOf(place);
        string where = site.Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{site.File}:{site.Line} {site.Function}")
            : Shorten(site.Module) + site.Function;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"allocated at {where} ({row.Allocations.Count} times, {row.Allocations.Bytes} bytes)");
    }

    private ulong Value(IReadOnlyList<ulong> values, string column)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (_profile.Table.Columns[i].Name == column)
            {
                return values[i];
            }
        }

        return 0;
    }

    private static string Shorten(string module) => module.Length == 0 ? "" : $"{Base(module)}:";

    private static string Base(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Share(double part, double whole) => string.Create(
        CultureInfo.InvariantCulture, $"{(whole > 0 ? 100 * part / whole : 0):0.0}");
}
