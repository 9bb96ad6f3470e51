using System.Text;

namespace Dilaton.Cli;

/// <summary>Text that is safe in an element and in a quoted attribute.</summary>
internal static class HtmlText
{
    public static string Escape(string text)
    {
        StringBuilder safe = new(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                '\'' => safe.Append("&#39;"),
                '\n' or '\t' => safe.Append(c),
                _ when char.IsControl(c) => safe.Append('\u00b7'),
                _ => safe.Append(c),
            };
        }

        return safe.ToString();
    }

    /// <summary>A relative link from the page to a folder.</summary>
    public static string Link(string fromFolder, string toFolder)
    {
        string relative = Path.GetRelativePath(fromFolder, toFolder).Replace('\\', '/');
        return string.Join('/', relative.Split('/').Select(Uri.EscapeDataString)) + "/";
    }
}
