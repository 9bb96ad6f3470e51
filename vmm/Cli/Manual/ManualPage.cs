using System.Text;

namespace Dilaton.Cli;

/// <summary>dilaton(1), in the man macros of groff, from the same tree as the help.</summary>
internal static class ManualPage
{
    public static string Of(CommandPage root, string version)
    {
        StringBuilder text = new();
        text.Append($".TH DILATON 1 \"\" \"dilaton {Escape(version)}\" \"User Commands\"\n");
        text.Append($".SH NAME\ndilaton \\- {Escape(FirstLower(root.Description).TrimEnd('.'))}\n");
        text.Append(".SH SYNOPSIS\n.B dilaton\n.I COMMAND\n[options] [path=value ...]\n");
        text.Append(".SH COMMANDS\n");
        foreach (CommandPage page in root.All().Skip(1))
        {
            Append(text, page);
        }

        text.Append(".SH EXIT STATUS\n");
        foreach ((int code, string _, string meaning) in ExitCode.Table)
        {
            text.Append($".TP\n.B {code}\n{Escape(meaning)}\n");
        }

        text.Append(".SH FILES\n");
        foreach ((string name, string what) in s_files)
        {
            text.Append($".TP\n.I {Escape(name)}\n{Escape(what)}\n");
        }

        return text.ToString();
    }

    private static readonly (string Name, string What)[] s_files =
    [
        ("tdout/", "the result folder of a run: result.json, stats.txt, procs/NODE/stdout.txt and more"),
        ("tdsweep/", "the folder of a sweep: points.csv, results.csv, runs/ID/"),
    ];

    private static void Append(StringBuilder text, CommandPage page)
    {
        text.Append($".SS {Escape(page.Path)}\n{Escape(page.Description)}\n");
        foreach ((string name, string description) in page.Arguments)
        {
            text.Append($".TP\n.I {Escape(name)}\n{Escape(description)}\n");
        }

        foreach (OptionEntry option in page.Options)
        {
            string names = string.Join(", ", option.Aliases.Append(option.Name));
            string value = option.ValueName is null ? "" : $" {option.ValueName}";
            text.Append($".TP\n.B {Escape(names + value)}\n{Escape(option.Description)}\n");
        }
    }

    /// <summary>A dash that can be copied, and no line that begins as a request does.</summary>
    private static string Escape(string text)
    {
        string safe = text.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal);
        return safe.StartsWith('.') || safe.StartsWith('\'') ? "\\&" + safe : safe;
    }

    private static string FirstLower(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
