using System.Globalization;
using System.Text;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>profile.csv: a row per function and line, whose sum with the last one, `(elsewhere)`, is the run.
/// profile-data.csv: a row per region of memory.</summary>
internal static class ProfileCsv
{
    public const string Elsewhere = "(elsewhere)";

    public static string Code(NamedProfile profile)
    {
        ProfileTable table = profile.Table;
        StringBuilder text = new("module,function,file,line");
        AppendNames(text, table);
        foreach (NamedRow row in profile.Lines)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{Field(row.Module)},{Field(row.Function)},{Field(row.File)},{row.Line}");
            AppendValues(text, table, row.Values);
        }

        text.Append(CultureInfo.InvariantCulture, $",{Elsewhere},,0");
        for (int i = 0; i < table.Rest.Count; i++)
        {
            text.Append(',').Append(ProfileFigure.Of(table, i, table.Rest[i]));
        }

        return text.Append('\n').ToString();
    }

    public static string Data(NamedProfile profile)
    {
        ProfileTable table = profile.Table;
        StringBuilder text = new("kind,file,low,high,module,function,source,line,allocations,bytes");
        AppendNames(text, table);
        foreach (DataRow row in profile.Data)
        {
            NamedRow site = row.Site is { } place
                ? profile.NameOf(place)
                : new NamedRow("", "", "", 0, []);
            text.Append(CultureInfo.InvariantCulture,
                    $"{row.Region.Kind},{Field(row.Region.File ?? "")},0x{row.Low:x},0x{row.High:x},")
                .Append(CultureInfo.InvariantCulture,
                    $"{Field(site.Module)},{Field(site.Function)},{Field(site.File)},{site.Line},")
                .Append(CultureInfo.InvariantCulture, $"{row.Allocations.Count},{row.Allocations.Bytes}");
            AppendValues(text, table, row.Values);
        }

        return text.ToString();
    }

    private static void AppendNames(StringBuilder text, ProfileTable table)
    {
        foreach (ProfileColumn column in table.Columns)
        {
            text.Append(',').Append(column.Name);
        }

        text.Append('\n');
    }

    private static void AppendValues(StringBuilder text, ProfileTable table, IReadOnlyList<ulong> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            text.Append(',').Append(ProfileFigure.Of(table, i, values[i]));
        }

        text.Append('\n');
    }

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? text
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
