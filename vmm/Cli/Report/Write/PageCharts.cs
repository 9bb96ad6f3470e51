using System.Text;

namespace Dilaton.Cli;

/// <summary>The places of the charts, and the words that need no script.</summary>
internal static class PageCharts
{
    public static void Append(StringBuilder body, ReportModel model, string folder)
    {
        body.Append("<noscript><p class=note>The charts need JavaScript; every figure they show is in the tables "
            + "below.</p></noscript>\n");
        if (model.Plan.X >= 0)
        {
            AppendHeadline(body, model);
        }

        AppendWords(body, model);
        PageProfile.Append(body, model, folder);
        PageTime.Append(body, model);
        if (model.Segments.Count > 0)
        {
            body.Append("<section id=segments><h2>Between the guest's dumps</h2>\n<p>Between its own dumps of "
                + "statistics, where each node's cores spent their virtual time.</p>\n"
                + "<div class=chart id=segments-chart></div>\n");
            AppendSegments(body, model);
            body.Append("</section>\n");
        }
    }

    private static void AppendHeadline(StringBuilder body, ReportModel model)
    {
        body.Append("<section id=result><h2>Result</h2>\n<div class=controls id=controls></div>\n"
            + "<figure class=chart id=headline></figure>\n<div id=fit-words class=words></div>\n");
        AppendFits(body, model);
        body.Append("</section>\n");
        if (model.Plan.Varying.Count >= 2)
        {
            body.Append("<section id=map><h2>Two paths at once</h2>\n"
                + "<figure class=chart id=heat></figure></section>\n");
        }

        body.Append("<section id=cost hidden><h2>Error against cost</h2>\n<figure class=chart id=pareto></figure>\n"
            + "<div id=pareto-words class=words></div></section>\n");
    }

    private static void AppendFits(StringBuilder body, ReportModel model)
    {
        if (model.Fits.Count == 0)
        {
            return;
        }

        body.Append($"<details{(model.Fits.Count <= 12 ? " open" : "")}>"
            + $"<summary>Fits of {model.Fits.Count} lines</summary>"
            + "<div class=scroll><table class=data id=fits><thead><tr><th>Metric<th>Line<th class=n>Slope ± 95 %"
            + "<th class=n>Law<th class=n>Knee at<th class=n>Extrapolated to<th class=n>Value"
            + "<th class=n>95 % from<th class=n>to"
            + "</thead><tbody>\n");
        foreach (FitReport fit in model.Fits)
        {
            string unit = model.UnitOf(fit.Metric);
            Prediction? beyond = fit.Beyond;
            body.Append($"<tr><td>{E(fit.Metric)}<td>{E(fit.Series)}<td class=n>{FitWords.SlopeText(fit)}"
                + $"{(fit.IsLog ? "" : " linear")}<td class=n>{fit.Law}<td class=n>"
                + $"{(fit.Knee is null ? fit.KneeIsTested ? "none" : "–" : NumberText.Short(fit.KneeX))}"
                + (beyond is null ? "<td><td><td><td>"
                    : $"<td class=n>{NumberText.Short(beyond.X)}<td class=n>{Show(beyond.Y, unit)}"
                        + $"<td class=n>{Show(beyond.Low, unit)}<td class=n>{Show(beyond.High, unit)}")
                + "\n");
        }

        body.Append("</tbody></table></div></details>\n");
    }

    private static void AppendWords(StringBuilder body, ReportModel model)
    {
        ReportData data = model.Data;
        if (model.Words.Count == 0)
        {
            return;
        }

        string which = data.IsSweep && model.ExampleId.Length > 0
            ? $"<p class=note>Of point {E(model.ExampleId)}, the first that ended well.</p>\n" : "";
        body.Append($"<section id=words><h2>What limited {(data.IsSweep ? "the runs" : "this run")}</h2>\n");
        AppendLimits(body, model);
        body.Append($"<figure class=chart id=shares></figure>\n{which}<ol class=words>\n");
        foreach (string sentence in model.Words)
        {
            body.Append($"<li>{E(sentence)}\n");
        }

        body.Append("</ol>\n");
        if (model.Profiles.Count > 0)
        {
            body.Append("<p><a href=\"#profile\">Which functions, lines and memory that is</a></p>\n");
        }

        body.Append("</section>\n");
    }

    private static void AppendLimits(StringBuilder body, ReportModel model)
    {
        IReadOnlyList<(string Label, string Limit, double Share, int Points)> limits = model.Limits();
        if (limits.Count == 0)
        {
            return;
        }

        string path = SeriesPlan.Short(model.Data.Paths[model.Plan.X]);
        List<string> spans = [];
        for (int i = 0; i < limits.Count;)
        {
            int end = i;
            while (end + 1 < limits.Count && limits[end + 1].Limit == limits[i].Limit)
            {
                end++;
            }

            string where = i == end ? limits[i].Label : $"{limits[i].Label} to {limits[end].Label}";
            string share = i == end ? NumberText.Percent(limits[i].Share)
                : $"{NumberText.Percent(limits[i].Share)} to {NumberText.Percent(limits[end].Share)}";
            spans.Add($"{limits[i].Limit} at {path} {where} ({share} of all cores' time)");
            i = end + 1;
        }

        body.Append($"<p>The largest part of virtual time is {E(string.Join("; ", spans))}. "
            + "No change that only shortens a part saves more than its share.</p>\n");
    }

    private static void AppendSegments(StringBuilder body, ReportModel model)
    {
        const int most = 200;
        body.Append("<details><summary>As a table</summary><div class=scroll><table class=data><thead><tr><th>Node"
            + "<th class=n>From<th class=n>To<th class=n>Executed<th class=n>Stall<th class=n>Kernel<th class=n>Waiting"
            + "</thead><tbody>\n");
        foreach (TimeSegment s in model.Segments.Take(most))
        {
            body.Append($"<tr><td>{E(s.Node)}<td class=n>{Show(s.Begin, "Tick")}<td class=n>{Show(s.End, "Tick")}");
            foreach ((string _, double share) in s.Share.Parts)
            {
                body.Append($"<td class=n>{NumberText.Percent(share)}");
            }

            body.Append('\n');
        }

        body.Append("</tbody></table></div></details>\n");
    }

    private static string Show(double value, string unit) => E(MetricScale.Show(value, unit));

    private static string E(string text) => HtmlText.Escape(text);
}
