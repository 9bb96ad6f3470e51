using System.Text;

namespace Dilaton.Cli;

/// <summary>The shape of a message:
/// <code>
/// job.yaml:4:16: error: nodes[0].cores.frequency: '2' has no unit (...) [DL0104]
///     frequency: 2
///                ^
/// help: write 2GHz
/// </code></summary>
internal static class DiagnosticPrinter
{
    private const int LineLengthMax = 160;

    public static string Print(Diagnostic item)
    {
        StringBuilder text = new();
        string severity = item.IsError ? "error" : "warning";
        string place = item.Source is null
            ? "dilaton"
            : $"{item.Source.Name}:{item.Mark.Line}:{item.Mark.Column}";
        text.Append($"{place}: {severity}: {Printable(item.Message)} [{item.CodeText}]\n");
        if (item.Source is not null)
        {
            AppendSourceLine(text, item);
        }

        if (item.Help.Length > 0)
        {
            text.Append($"help: {Printable(item.Help)}\n");
        }

        return text.ToString();
    }

    private static void AppendSourceLine(StringBuilder text, Diagnostic item)
    {
        string line = Printable(item.Source!.Line(item.Mark.Line));
        if (line.Trim().Length == 0)
        {
            return;
        }

        int column = Math.Clamp(item.Mark.Column - 1, 0, line.Length);
        int from = column > LineLengthMax / 2 ? column - (LineLengthMax / 2) : 0;
        string shown = line[from..Math.Min(line.Length, from + LineLengthMax)];
        int caret = column - from;
        int length = Math.Clamp(item.Length, 1, Math.Max(1, shown.Length - caret));
        text.Append(shown.TrimEnd()).Append('\n');
        text.Append(' ', caret).Append('^').Append('~', length - 1).Append('\n');
    }

    /// <summary>No terminal may be steered by what a job file contains; a tab counts as one column.
    /// </summary>
    private static string Printable(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (char c in text)
        {
            clean.Append(c == '\t' ? ' ' : char.IsControl(c) ? '\u00b7' : c);
        }

        return clean.ToString();
    }
}
