using System.Text;

namespace Dilaton.Cli;

/// <summary>Tables: the baseline's, the points of a sweep or the statistics of a run.</summary>
internal static class PageTables
{
    private const int RegressionsMax = 200;

    public static void Append(StringBuilder body, ReportModel model, string folder)
    {
        if (model.Baseline is { } baseline)
        {
            AppendBaseline(body, baseline);
        }

        if (model.Perceived.Count > 0)
        {
            AppendPerceived(body, model.Perceived);
        }

        if (model.Data.IsSweep)
        {
            AppendPoints(body, model, folder);
        }
        else
        {
            AppendStatistics(body, model.Data);
        }
    }

    private static void AppendPerceived(StringBuilder body, IReadOnlyList<PerceivedRow> rows)
    {
        body.Append($"<section id=perceived><h2>Perceived and physical</h2>\n<p>{E(PerceivedRow.Words)}</p>\n"
            + "<div class=scroll><table class=data><thead><tr>");
        string[] head = [.. PerceivedRow.Head];
        for (int i = 0; i < head.Length; i++)
        {
            body.Append($"<th{(i > 0 ? " class=n" : "")}>{E(head[i])}");
        }

        body.Append("</thead><tbody>\n");
        foreach (string[] cells in rows.Select(row => row.Cells()))
        {
            body.Append($"<tr><td>{E(cells[0])}");
            body.Append(string.Concat(cells.Skip(1).Select(cell => $"<td class=n>{E(cell)}"))).Append('\n');
        }

        body.Append("</tbody></table></div></section>\n");
    }

    private static void AppendBaseline(StringBuilder body, BaselineReport baseline)
    {
        body.Append($"<section id=baseline><h2>Against the baseline</h2>\n<p>{E(BaselineText.Of(baseline))}</p>\n");
        if (baseline.Regressions.Count > 0)
        {
            body.Append("<div class=scroll><table class=data><thead><tr><th>Point<th>Metric<th class=n>Before"
                + "<th class=n>Now<th class=n>Change</thead><tbody>\n");
            foreach (BaselineRow row in baseline.Regressions.Take(RegressionsMax))
            {
                body.Append($"<tr><td>{E(row.Point)}<td>{E(row.Metric)}<td class=n>{NumberText.Exact(row.Before)}"
                    + $"<td class=n>{NumberText.Exact(row.Now)}<td class=n>{E(BaselineText.Change(row))}\n");
            }

            body.Append("</tbody></table></div>\n");
        }

        body.Append("</section>\n");
    }

    private static void AppendPoints(StringBuilder body, ReportModel model, string folder)
    {
        ReportData data = model.Data;
        IReadOnlyList<ReportMetric> columns = model.Columns;
        MetricScale[] scales = [.. columns.Select(MetricScale.Of)];
        body.Append("<section id=points><h2>All points</h2>\n<div class=controls id=table-controls></div>\n"
            + "<div class=scroll><table class=data id=table><thead><tr><th>Point");
        foreach (string path in data.Paths)
        {
            bool number = model.Plan.Scales[data.Paths.ToList().IndexOf(path)].Numbers is not null;
            body.Append($"<th{(number ? " class=n" : "")} "
                + $"data-name=\"{E(path)}\" title=\"{E(path)}\">{E(SeriesPlan.Short(path))}");
        }

        body.Append("<th class=n>Repeat");
        for (int i = 0; i < columns.Count; i++)
        {
            string unit = scales[i].Unit.Length > 0 ? $" <span class=unit>{E(scales[i].Unit)}</span>" : "";
            body.Append($"<th class=n data-name=\"{E(columns[i].Name)}\" "
                + $"title=\"{E(columns[i].Description)}\">{E(columns[i].Name)}{unit}");
        }

        body.Append("<th>Status</thead><tbody>\n");
        for (int p = 0; p < data.Points.Count; p++)
        {
            AppendPoint(body, model, folder, p, columns, scales);
        }

        body.Append("</tbody></table></div></section>\n");
    }

    private static void AppendPoint(
        StringBuilder body, ReportModel model, string folder, int p,
        IReadOnlyList<ReportMetric> columns, MetricScale[] scales)
    {
        ReportPoint point = model.Data.Points[p];
        string name = point.Folder.Length > 0
            ? $"<a href=\"{HtmlText.Link(folder, point.Folder)}\">{E(point.Id)}</a>" : E(point.Id);
        body.Append($"<tr><td>{name}");
        for (int i = 0; i < point.Values.Count; i++)
        {
            string kind = model.Plan.Scales[i].Numbers is null ? "" : " class=n";
            body.Append($"<td{kind}>{E(point.Values[i])}");
        }

        body.Append($"<td class=n>{E(point.Repeat)}");
        for (int i = 0; i < columns.Count; i++)
        {
            body.Append($"<td class=n>{scales[i].Number(columns[i].Values[p])}");
        }

        body.Append(point.IsOk ? "<td>ok\n" : $"<td class=bad title=\"{E(point.Reason)}\">{E(point.Status)}\n");
    }

    private static void AppendStatistics(StringBuilder body, ReportData data)
    {
        body.Append("<section id=points><h2>All statistics</h2>\n<div class=controls id=table-controls></div>\n"
            + "<div class=scroll><table class=data id=table><thead><tr><th>Name"
            + "<th class=n>Value<th>Unit<th>Meaning</thead><tbody>\n");
        foreach (ReportMetric metric in data.Metrics)
        {
            string value = double.IsNaN(metric.Values[0]) ? "" : NumberText.Exact(metric.Values[0]);
            body.Append($"<tr><td>{E(metric.Name)}<td class=n>{value}<td>{E(metric.Unit)}"
                + $"<td>{E(metric.Description)}\n");
        }

        body.Append("</tbody></table></div></section>\n");
    }

    private static string E(string text) => HtmlText.Escape(text);
}
