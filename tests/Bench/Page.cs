namespace Dilaton.Tests.Bench;

/// <summary>A page with tables between marks.</summary>
internal static class Page
{
    /// <summary>Replaces what stands between two lines.</summary>
    public static void Replace(string path, string begin, string end, string table)
    {
        string page = File.ReadAllText(path);
        int from = page.IndexOf(begin, StringComparison.Ordinal);
        int to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{path} lacks the lines {begin} and {end}");
        }

        File.WriteAllText(
            path, page[..(from + begin.Length)] + "\n\n" + table + "\n" + page[to..]);
    }
}
