using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>What to show of a simulator's output when it fails.</summary>
internal static partial class PeerLog
{
    /// <summary>The last lines, without the stacks of native code that SST prints behind its
    /// reasons, and without OpenMPI's words on how it ends other ranks after one.</summary>
    public static IReadOnlyList<string> Tail(IReadOnlyList<string> lines, int count) =>
        [.. WithoutBoxes(lines).Where(line => !Stack().IsMatch(line)).TakeLast(count)];

    /// <summary>Those of a file; none if it can't be read.</summary>
    public static IReadOnlyList<string> LastLines(string path, int count)
    {
        try
        {
            return Tail(File.ReadAllLines(path), count);
        }
        catch (IOException)
        {
            return [];
        }
    }

    // A box is what stands between two lines of dashes.
    private static IEnumerable<string> WithoutBoxes(IReadOnlyList<string> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            bool opens = Dashes().IsMatch(lines[i])
                && i + 1 < lines.Count && EndOfRanks().IsMatch(lines[i + 1]);
            if (!opens)
            {
                yield return lines[i];
                continue;
            }

            do
            {
                i++;
            }
            while (i < lines.Count && !Dashes().IsMatch(lines[i]));
        }
    }

    [GeneratedRegex("^-{60,}$")]
    private static partial Regex Dashes();

    [GeneratedRegex("^(MPI_ABORT was invoked|Primary job  terminated normally)")]
    private static partial Regex EndOfRanks();

    [GeneratedRegex(@"^SST Fatal Backtrace Information:$|^ *\d+ : .*\[0x[0-9a-f]+\]$")]
    private static partial Regex Stack();
}
