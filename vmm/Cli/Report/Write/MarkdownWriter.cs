using System.Text;

namespace Dilaton.Cli;

/// <summary>The report's tables and words as Markdown, for logs and reviews.</summary>
internal static class MarkdownWriter
{
    public static string Write(ReportModel model)
    {
        ReportData data = model.Data;
        StringBuilder text = new();
        text.Append($"# {Plain(data.Title)}\n\n**{Plain(model.Verdict.Text)}**\n\n");
        Items(text, "Could not be read", data.Problems.Select(p => p.ToString()));
        Items(text, "Failed", model.Verdict.Failed.Select(p => $"{p.Id}: {p.Status}, {p.Reason}"));
        Items(text, "Warnings", data.Warnings);
        Table(text, "Emulated", ["", ""], [.. model.Machine.Select(m => new[] { m.Label, m.Text })]);
        if (data.Command.Length > 0)
        {
            text.Append($"Run by `{data.Command.Replace('`', '\'')}` with Dilaton {Plain(data.Tool)}.\n\n");
        }

        AppendFits(text, model);
        Items(text, "What limited it", model.Words);
        AppendProfiles(text, model);
        AppendTime(text, model);
        AppendBaseline(text, model);
        AppendFigures(text, model);
        Items(text, "Exact", data.Exact);
        Items(text, "Estimates", data.Estimates);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void AppendFits(StringBuilder text, ReportModel model)
    {
        Table(
            text, "Fits", ["metric", "line", "slope ± 95 %", "law", "knee"],
            [
                .. model.Fits.Select(f => new[]
                {
                    f.Metric, f.Series, FitWords.SlopeText(f), $"{f.Law}",
                    f.Knee is null ? f.KneeIsTested ? "none" : "" : NumberText.Short(f.KneeX),
                }),
            ]);
    }

    private static void AppendProfiles(StringBuilder text, ReportModel model)
    {
        foreach (ProfileView view in model.Profiles.Take(PageProfile.NodesMax))
        {
            ReportProfile profile = view.Profile;
            Items(text, $"Where the time of {profile.Node} goes", [.. view.Words, .. profile.Remarks]);
            Table(text, $"Functions of {profile.Node}", ProfileCells.CodeHead(profile, "function", "in"),
                Code(profile, profile.Functions));
            Table(text, $"Lines of {profile.Node}", ProfileCells.CodeHead(profile, "line", "function"),
                Code(profile, profile.Lines));
            Table(text, $"Memory of {profile.Node}", ProfileCells.DataHead(profile),
                [.. profile.Data.Take(ProfileCells.RowsMax).Select(row => ProfileCells.Data(profile, row))]);
        }
    }

    private static string[][] Code(ReportProfile profile, IReadOnlyList<ReportProfileRow> rows) => rows.Count == 0
        ? []
        :
        [
            .. rows.Take(ProfileCells.RowsMax).Select(row => ProfileCells.Code(profile, row)),
            ProfileCells.Sum(profile),
        ];

    private static void AppendTime(StringBuilder text, ReportModel model)
    {
        if (model.Timeline.Count > 0)
        {
            IReadOnlyList<TimelineRow> node = model.Timeline[0];
            Table(text, $"Timeline of {node[0].Node}", [.. TimeTable.Head],
                [.. TimePhases.Pieces(node).Select(TimeTable.Row)]);
        }

        if (model.Perceived.Count > 0)
        {
            text.Append($"## Perceived and physical\n\n{Plain(PerceivedRow.Words)}\n\n");
            Rows(text, [.. PerceivedRow.Head], [.. model.Perceived.Select(row => row.Cells())]);
        }

        Table(text, "Latencies", [.. LatencyTable.Head], [.. model.Curves.Select(LatencyTable.Row)]);
    }

    private static void AppendBaseline(StringBuilder text, ReportModel model)
    {
        if (model.Baseline is not { } baseline)
        {
            return;
        }

        text.Append($"## Against the baseline\n\n{Plain(BaselineText.Of(baseline))}\n\n");
        Rows(text, ["point", "metric", "before", "now", "change"],
        [
            .. baseline.Regressions.Select(r => new[]
            {
                r.Point, r.Metric, NumberText.Exact(r.Before), NumberText.Exact(r.Now), BaselineText.Change(r),
            }),
        ]);
    }

    private static void AppendFigures(StringBuilder text, ReportModel model)
    {
        ReportData data = model.Data;
        if (!data.IsSweep)
        {
            Table(text, "Statistics", ["name", "value", "unit"],
                [.. data.Metrics.Select(m => new[] { m.Name, NumberText.Exact(m.Values[0]), m.Unit })]);
            return;
        }

        IReadOnlyList<ReportMetric> columns = model.Columns;
        MetricScale[] scales = [.. columns.Select(MetricScale.Of)];
        string[] head =
        [
            "point", .. data.Paths, "repeat",
            .. columns.Select((c, i) => scales[i].Unit.Length > 0 ? $"{c.Name} ({scales[i].Unit})" : c.Name), "status",
        ];
        Table(text, "Points", head,
        [
            .. data.Points.Select((p, at) => (string[])[
                p.Id, .. p.Values, p.Repeat, .. columns.Select((c, i) => scales[i].Number(c.Values[at])), p.Status,
            ]),
        ]);
    }

    private static void Items(StringBuilder text, string title, IEnumerable<string> items)
    {
        string[] all = [.. items];
        if (all.Length > 0)
        {
            text.Append($"## {Plain(title)}\n\n{string.Concat(all.Select(i => $"- {Plain(i)}\n"))}\n");
        }
    }

    private static void Table(StringBuilder text, string title, string[] head, string[][] rows)
    {
        if (rows.Length > 0)
        {
            text.Append($"## {Plain(title)}\n\n");
            Rows(text, head, rows);
        }
    }

    private static void Rows(StringBuilder text, string[] head, string[][] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        text.Append(Row(head)).Append(Row([.. head.Select(_ => "---")]));
        foreach (string[] row in rows)
        {
            text.Append(Row(row));
        }

        text.Append('\n');
    }

    private static string Row(string[] cells) => $"| {string.Join(" | ", cells.Select(Plain))} |\n";

    private static string Plain(string text) => text.Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
