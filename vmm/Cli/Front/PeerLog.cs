using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>What to show of a simulator's output when it fails.</summary>
internal static partial class PeerLog
{
    /// <summary>The last lines, without the stacks of native code that SST prints behind its
    /// reasons.</summary>
    public static IReadOnlyList<string> Tail(IReadOnlyList<string> lines, int count) =>
        [.. lines.Where(line => !Stack().IsMatch(line)).TakeLast(count)];

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

    [GeneratedRegex(@"^SST Fatal Backtrace Information:$|^ *\d+ : .*\[0x[0-9a-f]+\]$")]
    private static partial Regex Stack();
}
