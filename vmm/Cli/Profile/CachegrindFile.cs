using System.Globalization;
using System.Text;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>cachegrind.out: the same by line in cachegrind's format (Valgrind manual, "Cachegrind file
/// format"), which cg_annotate and KCachegrind read. Cycles are rounded down there; what has no line is on
/// line 0.</summary>
internal static class CachegrindFile
{
    public static string Of(NamedProfile profile, string command)
    {
        ProfileTable table = profile.Table;
        StringBuilder text = new();
        text.Append("desc: dilaton profile; waiting and what ran without events are left out\n")
            .Append("cmd: ").Append(command.ReplaceLineEndings(" ")).Append('\n')
            .Append("events:");
        foreach (ProfileColumn column in table.Columns)
        {
            text.Append(' ').Append(column.Name);
        }

        text.Append('\n');
        var sums = new ulong[table.Columns.Count];
        foreach (IGrouping<string, NamedRow> file in profile.Lines.GroupBy(FileOf)
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("fl=").Append(file.Key).Append('\n');
            foreach (IGrouping<string, NamedRow> function in file.GroupBy(row => row.Function)
                .OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                text.Append("fn=").Append(function.Key).Append('\n');
                foreach (IGrouping<int, NamedRow> line in function.GroupBy(row => row.Line)
                    .OrderBy(group => group.Key))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{line.Key}");
                    AppendSums(text, table, [.. line], sums);
                }
            }
        }

        text.Append("summary:");
        foreach (ulong sum in sums)
        {
            text.Append(CultureInfo.InvariantCulture, $" {sum}");
        }

        return text.Append('\n').ToString();
    }

    private static string FileOf(NamedRow row) => row.File.Length > 0 ? row.File : "???";

    private static void AppendSums(
        StringBuilder text, ProfileTable table, IReadOnlyList<NamedRow> rows, ulong[] sums)
    {
        for (int i = 0; i < table.Columns.Count; i++)
        {
            ulong value = 0;
            foreach (NamedRow row in rows)
            {
                value += row.Values[i];
            }

            value /= table.Columns[i].IsUnits ? table.UnitsPerCycle : 1;
            sums[i] += value;
            text.Append(CultureInfo.InvariantCulture, $" {value}");
        }

        text.Append('\n');
    }
}
