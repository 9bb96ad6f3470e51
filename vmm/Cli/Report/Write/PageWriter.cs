using System.Text;
using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>The report as one HTML page that needs nothing else: no network, no other file. The same
/// folder gives the same bytes.</summary>
internal static partial class PageWriter
{
    private static readonly string[] s_styles = ["uPlot.min.css", "page.css"];
    private static readonly string[] s_scripts =
        ["d3.min.js", "plot.umd.min.js", "uPlot.iife.min.js", "time.js", "profile.js", "page.js"];

    /// <param name="folder">Where the page will be, for its links to results.</param>
    public static string Write(ReportModel model, string folder)
    {
        StringBuilder body = new();
        PageHead.Append(body, model, folder);
        PageCharts.Append(body, model, folder);
        PageTables.Append(body, model, folder);
        PageAgain.Append(body, model);

        StringBuilder scripts = new();
        scripts.Append("<script type=\"application/json\" id=\"data\">")
            .Append(PageData.Write(model)).Append("</script>\n");
        foreach (string name in s_scripts)
        {
            string text = PageFile.Read(name).Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase);
            scripts.Append("<script>").Append(text).Append("</script>\n");
        }

        // In one pass: what is filled in may contain the name of another place.
        return Place().Replace(PageFile.Read("page.html"), place => place.Groups["name"].Value switch
        {
            "title" => HtmlText.Escape($"{model.Data.Title}: Dilaton report"),
            "style" => string.Concat(s_styles.Select(PageFile.Read)),
            "body" => body.ToString(),
            _ => scripts.ToString(),
        });
    }

    [GeneratedRegex("{{(?<name>[a-z]+)}}")]
    private static partial Regex Place();
}
