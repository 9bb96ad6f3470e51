using System.Text;

namespace Dilaton.Cli;

/// <summary>Where time goes: of each node with a profile words, places of charts, and tables.</summary>
internal static class PageProfile
{
    public const int NodesMax = 4;

    private static readonly string[] s_files = [ProfileFiles.TextName, ProfileFiles.CachegrindName];

    public static void Append(StringBuilder body, ReportModel model, string folder)
    {
        if (model.Profiles.Count == 0)
        {
            return;
        }

        string which = model.Data.IsSweep && model.ExampleId.Length > 0
            ? $"Of point {model.ExampleId}, the first that ended well. " : "";
        string some = model.Profiles.Count > NodesMax
            ? $"The first {NodesMax} of {model.Profiles.Count} nodes. " : "";
        body.Append("<section id=profile><h2>Where time goes</h2>\n"
            + $"<p class=note>{E(which + some)}Each instruction, miss and cycle where it was, not sampled; of the "
            + "whole run. Shares are of the cycles in which the cores did not wait.</p>\n");
        for (int i = 0; i < Math.Min(NodesMax, model.Profiles.Count); i++)
        {
            AppendNode(body, model, folder, i);
        }

        body.Append("</section>\n");
    }

    private static void AppendNode(StringBuilder body, ReportModel model, string folder, int at)
    {
        ProfileView view = model.Profiles[at];
        ReportProfile profile = view.Profile;
        body.Append($"<h3>{E(profile.Node)}</h3>\n<div class=words>");
        foreach (string sentence in view.Words)
        {
            body.Append($"<p>{E(sentence)}</p>\n");
        }

        body.Append($"</div>\n<div class=controls id=profile-controls-{at}></div>\n");
        AppendChart(body, "stack", at, isThere: true);
        AppendChart(body, "functions", at, profile.Functions.Count > 0);
        AppendChart(body, "lines", at, profile.Lines.Count > 0);
        AppendChart(body, "data", at, profile.Data.Count > 0);

        AppendTable(body, "Functions", profile.Functions,
            ProfileCells.CodeHead(profile, "function", "in"), row => ProfileCells.Code(profile, row),
            ProfileCells.Sum(profile));
        AppendTable(body, "Lines", profile.Lines,
            ProfileCells.CodeHead(profile, "line", "function"), row => ProfileCells.Code(profile, row),
            ProfileCells.Sum(profile));
        AppendTable(body, "Memory", profile.Data,
            ProfileCells.DataHead(profile), row => ProfileCells.Data(profile, row), []);
        foreach (string remark in profile.Remarks)
        {
            body.Append($"<p class=note>{E(remark)}</p>\n");
        }

        string link = HtmlText.Link(
            folder, Path.Combine(model.Data.Example.Folder, ResultFolder.StateFolder, profile.Node));
        body.Append("<p class=note>All of it: ")
            .Append(string.Join(", ", s_files.Select(name => $"<a href=\"{link}{name}\">{name}</a>")))
            .Append("</p>\n");
    }

    private static void AppendChart(StringBuilder body, string kind, int at, bool isThere)
    {
        if (isThere)
        {
            body.Append($"<figure class=chart id=profile-{kind}-{at}></figure>\n");
        }
    }

    private static void AppendTable(
        StringBuilder body, string title, IReadOnlyList<ReportProfileRow> rows, string[] head,
        Func<ReportProfileRow, string[]> cells, string[] sum)
    {
        if (rows.Count == 0)
        {
            return;
        }

        string some = rows.Count > ProfileCells.RowsMax ? $"{ProfileCells.RowsMax} of {rows.Count}" : $"{rows.Count}";
        body.Append($"<details><summary>{title} as a table ({some})</summary>"
                + "<div class=scroll><table class=data><thead><tr>")
            .Append(string.Concat(head.Select((name, i) => $"<th{Class(i)}>{E(name)}")))
            .Append("</thead><tbody>\n");
        foreach (string[] row in rows.Take(ProfileCells.RowsMax).Select(cells))
        {
            AppendRow(body, "<tr>", row);
        }

        if (sum.Length > 0)
        {
            AppendRow(body, "<tr class=sum>", sum);
        }

        body.Append("</tbody></table></div></details>\n");
    }

    private static void AppendRow(StringBuilder body, string tag, string[] cells) =>
        body.Append(tag).Append(string.Concat(cells.Select((cell, i) => $"<td{Class(i)}>{E(cell)}"))).Append('\n');

    private static string Class(int column) => column < ProfileCells.TextColumns ? "" : " class=n";

    private static string E(string text) => HtmlText.Escape(text);
}
