namespace Dilaton.Cli;

/// <summary>The end of what a point's process said.</summary>
internal static class LogTail
{
    /// <returns>Each line after a line's end; empty if there is none.</returns>
    public static string Of(SweepFolder folder, SweepPoint point, int lines)
    {
        try
        {
            return string.Concat(File
                .ReadLines(Path.Combine(folder.RunFolder(point.Id), SweepFolder.LogName))
                .TakeLast(lines).Select(line => $"\n{line}"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
