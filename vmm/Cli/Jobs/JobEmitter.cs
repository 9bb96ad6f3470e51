using System.Globalization;
using System.Text;

namespace Dilaton.Cli;

/// <summary>Writes a tree as YAML that reads back as the same tree.</summary>
internal static class JobEmitter
{
    public static string Emit(JobMap root)
    {
        StringBuilder text = new();
        EmitMap(text, root, 0, false);
        return text.ToString();
    }

    private static void EmitMap(StringBuilder text, JobMap map, int indent, bool afterDash)
    {
        foreach (JobEntry entry in map.Entries)
        {
            text.Append(' ', afterDash ? 0 : indent).Append(Scalar(entry.Key)).Append(':');
            afterDash = false;
            EmitValue(text, entry.Value, indent);
        }
    }

    private static void EmitValue(StringBuilder text, JobNode value, int indent)
    {
        switch (value)
        {
            case JobScalar scalar:
                text.Append(' ').Append(Scalar(scalar)).Append('\n');
                break;
            case JobMap { Entries.Count: 0 }:
                text.Append(" {}\n");
                break;
            case JobMap map:
                text.Append('\n');
                EmitMap(text, map, indent + 2, false);
                break;
            case JobList list when list.Items.All(item => item is JobScalar):
                text.Append(" [")
                    .AppendJoin(", ", list.Items.Select(item => Scalar((JobScalar)item)))
                    .Append("]\n");
                break;
            case JobList list:
                text.Append('\n');
                foreach (JobNode item in list.Items)
                {
                    EmitItem(text, item, indent + 2);
                }

                break;
        }
    }

    private static void EmitItem(StringBuilder text, JobNode item, int indent)
    {
        text.Append(' ', indent).Append('-');
        if (item is JobMap { Entries.Count: > 0 } map)
        {
            text.Append(' ');
            EmitMap(text, map, indent + 2, true);
        }
        else
        {
            EmitValue(text, item, indent);
        }
    }

    private static string Scalar(JobScalar scalar)
    {
        if (!scalar.IsQuoted && scalar.IsNull)
        {
            return "null";
        }

        bool plain = scalar.Text.Length > 0
            && scalar.Text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(
                c, StringComparison.Ordinal))
            && (char.IsAsciiLetter(scalar.Text[0]) || scalar.Text[0] == '/' || !scalar.IsQuoted)
            && !(scalar.IsQuoted && scalar.Text is "null" or "Null" or "NULL" or "none");
        return plain ? scalar.Text : Quote(scalar.Text);
    }

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    quoted.Append('\\').Append(c);
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                default:
                    if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0xfeff
                        || c is '\u2028' or '\u2029')
                    {
                        quoted.Append("\\u")
                            .Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        quoted.Append(c);
                    }

                    break;
            }
        }

        return quoted.Append('"').ToString();
    }
}
