namespace Dilaton.Cli;

/// <summary>Pieces of a node's timeline as text.</summary>
internal static class TimeTable
{
    public static IReadOnlyList<string> Head =>
    [
        "from", "to", "executed", "stall", "kernel", "waiting", "instructions/s", "requests/s", "frames out",
        "frames in",
    ];

    public static string[] Row(TimelineRow row)
    {
        double sum = row.Parts.Sum();
        double seconds = (row.End - row.Begin) / 1e12;
        return
        [
            MetricScale.Show(row.Begin, "Tick"), MetricScale.Show(row.End, "Tick"),
            .. row.Parts.Select(part => sum > 0 ? NumberText.Percent(part / sum) : ""),
            NumberText.Short(row.Instructions / seconds), NumberText.Short(row.Requests / seconds),
            NumberText.Short(row.Sent), NumberText.Short(row.Received),
        ];
    }
}
