using System.Text;

namespace Dilaton.Cli;

/// <summary>A run's timeline, and how latencies are distributed: places of charts, words and tables.
/// </summary>
internal static class PageTime
{
    public static void Append(StringBuilder body, ReportModel model)
    {
        if (model.Timeline.Count > 0)
        {
            AppendTimeline(body, model);
        }

        if (model.Curves.Count > 0)
        {
            AppendLatencies(body, model);
        }
    }

    private static void AppendTimeline(StringBuilder body, ReportModel model)
    {
        IReadOnlyList<TimelineRow> node = model.Timeline[0];
        string which = model.Data.IsSweep && model.ExampleId.Length > 0
            ? $"Of point {model.ExampleId}, the first that ended well. " : "";
        string shown = model.Timeline.Count > TimeData.NodesMax
            ? $"The {TimeData.NodesMax} of {model.Timeline.Count} nodes that ended last. " : "";
        string host = model.Host.Samples.Any(s => double.IsFinite(s.Slowdown))
            ? " At the bottom the host, over the same virtual time: slowdown, and who waited for whom." : "";
        body.Append("<section id=timeline><h2>Timeline</h2>\n"
            + $"<p class=note>{E(which + shown)}Where all cores of a node together spent their virtual time, "
            + $"by pieces of {E(MetricScale.Show(node[0].End - node[0].Begin, "Tick"))}.{host}</p>\n"
            + "<div class=chart id=timeline-chart></div>\n");
        AppendTable(body, $"{node[0].Node} as a table", [.. TimeTable.Head], textColumns: 0,
            TimePhases.Pieces(node).Select(TimeTable.Row));
        body.Append("</section>\n");
    }

    private static void AppendLatencies(StringBuilder body, ReportModel model)
    {
        body.Append("<section id=latencies><h2>Latencies</h2>\n");
        foreach (LatencyKind kind in model.Curves.Select(c => c.Kind).Distinct())
        {
            string what = kind == LatencyKind.Frames
                ? "Frames, from departure to arrival"
                : "Memory requests, from the caches to the answer";
            body.Append($"<h3>{what}</h3>\n<figure class=chart id=cdf-{(int)kind}></figure>\n");
        }

        int points = model.Data.IsSweep ? LatencyCurves.PointsOf(model.Data) : 0;
        string some = points > LatencyCurves.CurvesMax
            ? $" {LatencyCurves.CurvesMax} of {points} points, spread over the axis." : "";
        body.Append("<p class=note>The share of all that took no longer, counted in bins of a sixteenth: a latency "
            + $"read off is within 6 %; count, least, largest and mean are exact.{some}</p>\n");
        AppendTable(body, "As a table", [.. LatencyTable.Head], textColumns: 2, model.Curves.Select(LatencyTable.Row));
        body.Append("</section>\n");
    }

    private static void AppendTable(
        StringBuilder body, string title, string[] head, int textColumns, IEnumerable<string[]> rows)
    {
        string Class(int column) => column < textColumns ? "" : " class=n";
        body.Append($"<details><summary>{E(title)}</summary><div class=scroll><table class=data><thead><tr>")
            .Append(string.Concat(head.Select((name, i) => $"<th{Class(i)}>{E(name)}")))
            .Append("</thead><tbody>\n");
        foreach (string[] row in rows)
        {
            body.Append("<tr>").Append(string.Concat(row.Select((cell, i) => $"<td{Class(i)}>{E(cell)}"))).Append('\n');
        }

        body.Append("</tbody></table></div></details>\n");
    }

    private static string E(string text) => HtmlText.Escape(text);
}
