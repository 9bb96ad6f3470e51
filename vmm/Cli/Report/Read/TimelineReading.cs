using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Reads timeline.csv and host-timeline.csv; older results have neither.</summary>
internal static class TimelineReading
{
    public static IReadOnlyList<TimelineRow> Virtual(FolderFiles files)
    {
        List<TimelineRow> rows = [];
        foreach ((int line, IReadOnlyList<string> fields)
            in Rows(files, ResultFolder.TimelineName, TimelineWriter.Header, TimelineWriter.PagesHeader))
        {
            double[] n = [.. fields.Skip(1).Select(Number)];
            if (n.All(v => v >= 0) && n[0] < n[1])
            {
                rows.Add(new TimelineRow(fields[0], n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]));
            }
            else
            {
                files.Note(ResultFolder.TimelineName, line, "no piece of a timeline: left out");
            }
        }

        return rows;
    }

    public static IReadOnlyList<HostTimelineRow> Host(FolderFiles files)
    {
        List<HostTimelineRow> rows = [];
        foreach ((int line, IReadOnlyList<string> f) in Rows(files, ResultFolder.HostTimelineName, HostTimeline.Header))
        {
            double[] n = [Number(f[0]), Number(f[2]), Number(f[6]), Number(f[8])];
            if (n.All(v => v >= 0))
            {
                rows.Add(new HostTimelineRow(n[0], f[1], n[1], n[2], f[7], n[3]));
            }
            else
            {
                files.Note(ResultFolder.HostTimelineName, line, "no sample of host time: left out");
            }
        }

        return rows;
    }

    private static IEnumerable<(int Line, IReadOnlyList<string> Fields)> Rows(
        FolderFiles files, string name, params string[] headers)
    {
        List<CsvRow> rows = files.Has(name) ? files.Rows(name) : [];
        if (rows.Count > 0 && !headers.Contains(string.Join(',', rows[0].Fields) + "\n"))
        {
            files.Note(name, 1, "not the columns of this version: not shown");
            yield break;
        }

        foreach (CsvRow row in rows.Skip(1))
        {
            if (row.Fields.Count == rows[0].Fields.Count)
            {
                yield return (row.Line, row.Fields);
            }
            else
            {
                files.Note(name, row.Line,
                    $"{row.Fields.Count} fields where the first line has {rows[0].Fields.Count}: left out");
            }
        }
    }

    /// <returns>NaN if it is no number.</returns>
    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value) ? value : double.NaN;
}
