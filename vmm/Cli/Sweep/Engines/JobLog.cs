using System.Globalization;

namespace Dilaton.Cli;

/// <summary>GNU parallel's --joblog: a line per command that has ended, in the order of their ends.
/// </summary>
internal static class JobLog
{
    // Seq Host Starttime JobRuntime Send Receive Exitval Signal Command
    private const int Columns = 9;
    private const int CodeColumn = 6;
    private const int SignalColumn = 7;

    /// <returns>Of each line the command's number, from 0, and how it ended.</returns>
    public static IReadOnlyList<(int Index, string Words)> Parse(string text)
    {
        List<(int, string)> ends = [];
        int whole = text.LastIndexOf('\n') + 1;
        foreach (string line in text[..whole].Split('\n').Skip(1))
        {
            string[] cells = line.Split('\t');
            if (cells.Length >= Columns
                && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && int.TryParse(
                    cells[SignalColumn], NumberStyles.None, CultureInfo.InvariantCulture, out int signal))
            {
                ends.Add((number - 1, signal == 0
                    ? $"its process ended with code {cells[CodeColumn]}"
                    : $"its process died by {SignalNames.Of(signal)}"));
            }
        }

        return ends;
    }
}
