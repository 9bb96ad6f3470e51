using System.Text;

namespace Dilaton.Cli;

/// <summary>Reads comma-separated values (RFC 4180); blanks after a comma belong to no field.
/// </summary>
internal static class ReportCsv
{
    /// <param name="problem">Told of a quote that is never closed: line and words.</param>
    public static List<CsvRow> Parse(string text, Action<int, string> problem)
    {
        List<CsvRow> rows = [];
        List<string> fields = [];
        StringBuilder field = new();
        int line = 1;
        int begin = 1;
        bool quoted = false;
        bool any = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            line += c == '\n' ? 1 : 0;
            if (quoted)
            {
                bool twice = c == '"' && i + 1 < text.Length && text[i + 1] == '"';
                i += twice ? 1 : 0;
                quoted = twice || c != '"';
                if (quoted)
                {
                    field.Append(c);
                }
            }
            else if (c == '"' && string.IsNullOrWhiteSpace(field.ToString()))
            {
                field.Clear();
                (quoted, any) = (true, true);
            }
            else if (c is ',' or '\n')
            {
                Take(fields, field);
                if (c == '\n')
                {
                    Add(rows, ref fields, begin, any);
                    (begin, any) = (line, false);
                }
                else
                {
                    any = true;
                }
            }
            else if (c != '\r')
            {
                field.Append(c);
                any |= !char.IsWhiteSpace(c);
            }
        }

        if (quoted)
        {
            problem(begin, "a quote is never closed");
        }

        Take(fields, field);
        Add(rows, ref fields, begin, any);
        return rows;
    }

    private static void Take(List<string> fields, StringBuilder field)
    {
        fields.Add(field.ToString().Trim());
        field.Clear();
    }

    private static void Add(List<CsvRow> rows, ref List<string> fields, int line, bool any)
    {
        if (any)
        {
            rows.Add(new CsvRow(line, fields));
        }

        fields = [];
    }
}
