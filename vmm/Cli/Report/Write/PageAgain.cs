using System.Text;

namespace Dilaton.Cli;

/// <summary>The end of the page: how to run it again, with the job and the environment.</summary>
internal static class PageAgain
{
    public static void Append(StringBuilder body, ReportModel model)
    {
        ReportData data = model.Data;
        body.Append("<section id=again><h2>How to run it again</h2>\n");
        if (data.Command.Length > 0)
        {
            string folder = data.CommandFolder.Length > 0 ? $"cd {ShellText.Join([data.CommandFolder])}\n" : "";
            body.Append($"<p>As it was run:</p>\n<pre class=command>{E(folder + data.Command)}</pre>\n");
        }

        if (data.Example.Job is { } job)
        {
            body.Append("<p>Or from this page alone, "
                + (data.IsSweep ? "the example point" : "the run")
                + ": save the resolved job below, which has every default, as job.json, then</p>\n"
                + "<pre class=command>dilaton launch job.json</pre>\n");
            AppendText(body, "The resolved job", job.ToJsonString(PrettyJson.Options));
        }

        AppendText(body, "As given", data.Given);
        if (data.Example.Environment is { } environment)
        {
            AppendText(body, "The environment", environment.ToJsonString(PrettyJson.Options));
        }

        body.Append("<p class=note>A run's results, but for its host times, are the same bytes for the same job, seed, "
            + "inputs and version. This page depends on nothing but the folder.</p>\n</section>\n");
    }

    private static void AppendText(StringBuilder body, string title, string text)
    {
        if (text.Length > 0)
        {
            body.Append($"<details><summary>{title}</summary><pre>{E(text)}</pre></details>\n");
        }
    }

    private static string E(string text) => HtmlText.Escape(text);
}
