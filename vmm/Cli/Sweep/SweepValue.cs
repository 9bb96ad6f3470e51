using System.Text;

namespace Dilaton.Cli;

/// <summary>One value of a swept path: its text, as points.csv has it and as a path=value argument
/// takes it.</summary>
internal readonly record struct SweepValue(string Text)
{
    public static SweepValue Of(JobNode node) => new(Write(node));

    public override string ToString() => Text;

    private static string Write(JobNode node) => node switch
    {
        JobScalar scalar => Write(scalar),
        JobList list => $"[{string.Join(", ", list.Items.Select(Inner))}]",
        JobMap map => "{" + string.Join(
            ", ", map.Entries.Select(e => $"{Inner(e.Key)}: {Inner(e.Value)}")) + "}",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    /// <summary>Within a list or map all text is quoted that could be anything else.</summary>
    private static string Inner(JobNode node) => node is JobScalar scalar
        && (scalar.IsQuoted || scalar.Text.Any(c => !char.IsAsciiLetterOrDigit(c) && !"./_-".Contains(
            c, StringComparison.Ordinal))) ? Quote(scalar.Text) : Write(node);

    /// <summary>Of its own a text is quoted only where it would be read as something else.</summary>
    private static string Write(JobScalar scalar)
    {
        JobScalar plain = new(scalar.Source, scalar.Mark, scalar.Length, scalar.Text, false);
        bool isOther = scalar.IsQuoted && (plain.IsNull
            || scalar.Text[0] is '[' or '{' or '"' or '\''
            || scalar.Text != scalar.Text.Trim()
            || scalar.Text.Any(char.IsControl));
        return isOther ? Quote(scalar.Text) : scalar.Text;
    }

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            _ = c is '"' or '\\' ? quoted.Append('\\').Append(c)
                : char.IsControl(c) ? quoted.Append($"\\u{(int)c:x4}")
                : quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
