using System.Text;

namespace Dilaton.Cli;

/// <summary>The top of the page: what it is about, how it ended, what was emulated on what.</summary>
internal static class PageHead
{
    private const int ListedMax = 50;

    public static void Append(StringBuilder body, ReportModel model, string folder)
    {
        ReportData data = model.Data;
        string kind = data.IsSweep ? $"Sweep of {data.Points.Count} points" : "Run";
        body.Append($"<header><p class=kind>Dilaton report · {kind}</p>\n<h1>{E(data.Title)}</h1>\n");
        body.Append($"<p class=\"verdict {model.Verdict.Level}\" id=verdict>{E(Upper(model.Verdict.Text))}</p>\n");
        AppendFailed(body, model, folder);
        AppendList(body, "Warnings", "warnings", data.Warnings, ListedMax);
        AppendList(body, "What could not be read", "problems", [.. data.Problems.Select(p => p.ToString())], ListedMax);
        body.Append("<div class=facts>\n");
        string note = data.IsSweep && model.Plan.Varying.Count > 0 && model.ExampleId.Length > 0
            ? $"As at point {model.ExampleId}; the swept values differ." : "";
        AppendFacts(body, "What was emulated", note, [.. Swept(model), .. model.Machine]);
        AppendFacts(body, "On what host, how exact", "", Run(model));
        body.Append("</div></header>\n");
    }

    private static void AppendFailed(StringBuilder body, ReportModel model, string folder)
    {
        IReadOnlyList<ReportPoint> failed = model.Verdict.Failed;
        if (failed.Count == 0 || !model.Data.IsSweep)
        {
            return;
        }

        body.Append("<details open class=list id=failed><summary>Failed points</summary><ul>\n");
        foreach (ReportPoint point in failed.Take(ListedMax))
        {
            string name = point.Folder.Length > 0
                ? $"<a href=\"{HtmlText.Link(folder, point.Folder)}\">{E(point.Id)}</a>" : E(point.Id);
            string values = string.Join(", ", model.Plan.Varying.Select(p =>
                $"{SeriesPlan.Short(model.Data.Paths[p])}={point.Values[p]}"));
            body.Append($"<li>{name} {E(values)}: {E(point.Status)}, {E(point.Reason)}\n");
        }

        AppendMore(body, failed.Count);
        body.Append("</ul></details>\n");
    }

    private static void AppendList(StringBuilder body, string title, string id, IReadOnlyList<string> items, int most)
    {
        if (items.Count == 0)
        {
            return;
        }

        body.Append($"<details open class=list id={id}><summary>{title}</summary><ul>\n");
        foreach (string item in items.Take(most))
        {
            body.Append($"<li>{E(item)}\n");
        }

        AppendMore(body, items.Count);
        body.Append("</ul></details>\n");
    }

    private static void AppendMore(StringBuilder body, int count)
    {
        if (count > ListedMax)
        {
            body.Append($"<li>and {count - ListedMax} more\n");
        }
    }

    private static void AppendFacts(
        StringBuilder body, string title, string note, IReadOnlyList<(string Label, string Text)> rows)
    {
        body.Append($"<div><h2>{title}</h2>\n<dl>\n");
        foreach ((string label, string text) in rows.Where(r => r.Text.Length > 0))
        {
            body.Append($"<dt>{E(label)}<dd>{E(text)}\n");
        }

        body.Append("</dl>\n").Append(note.Length > 0 ? $"<p class=note>{E(note)}</p>\n" : "").Append("</div>\n");
    }

    private static IEnumerable<(string, string)> Swept(ReportModel model)
    {
        foreach (int path in model.Plan.Varying)
        {
            string[] values = [.. model.Data.Points.Select(p => p.Values[path]).Distinct()];
            string listed = values.Length <= 12 ? string.Join(", ", values)
                : $"{string.Join(", ", values.Take(5))} … {values[^1]} ({values.Length} values)";
            yield return ("Swept", $"{model.Data.Paths[path]} = {listed}");
        }

        int repeats = model.Data.Points.Select(p => p.Repeat).Distinct().Count();
        if (model.Data.IsSweep && repeats > 1)
        {
            yield return ("Repeats", $"{repeats}");
        }
    }

    private static List<(string, string)> Run(ReportModel model)
    {
        ReportData data = model.Data;
        System.Text.Json.Nodes.JsonObject? host = data.Example.Environment;
        string cpus = JsonText.Text(host?["hostCpus"]) ?? "";
        string[] seeds = [.. data.Points.Select(p => p.Seed).Where(s => s.Length > 0).Distinct()];
        double wall = data.Metrics.FirstOrDefault(m => m.Name == "host.wallSeconds")?.Known.Sum() ?? double.NaN;
        double cpu = data.Metrics.FirstOrDefault(m => m.Name == "host.cpuSeconds")?.Known.Sum() ?? double.NaN;
        return
        [
            ("Host", string.Join(", ", new[]
            {
                JsonText.Text(host?["cpu"]) ?? "", cpus.Length > 0 ? $"{cpus} CPUs" : "",
                JsonText.Text(host?["os"]) ?? "", JsonText.Text(host?["runtime"]) ?? "",
            }.Where(t => t.Length > 0))),
            ("Dilaton", data.Tool),
            (seeds.Length > 1 ? "Seeds" : "Seed", seeds.Length <= 8 ? string.Join(", ", seeds)
                : $"{seeds[0]} to {seeds[^1]} ({seeds.Length})"),
            ("Command", data.Command),
            ("In", data.CommandFolder),
            ("Host time", wall > 0
                ? $"{MetricScale.Show(wall, "Second")} in all, {MetricScale.Show(cpu, "Second")} of processors" : ""),
            .. data.Exact.Select(n => ("Exact", Upper(n))),
            .. data.Estimates.Select(n => ("Estimate", Upper(n))),
        ];
    }

    private static string Upper(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string E(string text) => HtmlText.Escape(text);
}
