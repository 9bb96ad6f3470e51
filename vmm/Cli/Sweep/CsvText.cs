using System.Text;

namespace Dilaton.Cli;

/// <summary>Rows of a CSV file as RFC 4180 has them, with \n between.</summary>
internal static class CsvText
{
    public static StringBuilder AppendRow(this StringBuilder text, params IEnumerable<string> cells)
    {
        bool isFirst = true;
        foreach (string cell in cells)
        {
            text.Append(isFirst ? "" : ",");
            bool plain = cell.IndexOfAny([',', '"', '\n', '\r']) < 0;
            _ = plain
                ? text.Append(cell)
                : text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            isFirst = false;
        }

        return text.Append('\n');
    }

    /// <summary>All rows; one that breaks off within quotes is left out.</summary>
    public static IEnumerable<IReadOnlyList<string>> Read(string text)
    {
        List<string> row = [];
        StringBuilder cell = new();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted)
            {
                bool isDouble = c == '"' && i + 1 < text.Length && text[i + 1] == '"';
                quoted = c != '"' || isDouble;
                _ = quoted ? cell.Append(c) : cell;
                i += isDouble ? 1 : 0;
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c is ',' or '\n')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (c == '\n')
                {
                    yield return row;
                    row = [];
                }
            }
            else if (c != '\r')
            {
                cell.Append(c);
            }
        }

        if (!quoted && (cell.Length > 0 || row.Count > 0))
        {
            row.Add(cell.ToString());
            yield return row;
        }
    }
}
