using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Whether the processes of a job may open as many files as its nodes need: where a
/// socket library runs out of them it aborts, without a word of which job asked for too much.
/// </summary>
internal static class HostDescriptors
{
    // Measured with an all-reduce of 4 and 20 nodes: front 39 and 136, alone or with shared
    // workers 27; a worker 34 with one node, 51 with 4 and 188 with 20.
    private const long FrontFiles = 21;
    private const long WorkerFiles = 6;
    private const long ProcessFiles = 25;
    private const long NodeFiles = 9;

    /// <returns>False: some process needs more before a guest opens a file.</returns>
    /// <param name="limit">How many one process may have open.</param>
    public static bool Check(IReadOnlyList<IReadOnlyList<int>> layout, long limit, DiagnosticBag bag)
    {
        long front = FrontFiles + (WorkerFiles * layout.Count);
        long worker = ProcessFiles + (NodeFiles * layout.Max(nodes => (long)nodes.Count));
        long needed = Math.Max(front, worker);
        if (needed <= limit)
        {
            return true;
        }

        string processes = layout.Count == 1 ? "1 worker process" : $"{layout.Count} worker processes";
        bag.Error(
            DiagnosticCode.HostTooSmall,
            $"{layout.Sum(nodes => nodes.Count)} nodes in {processes} need about "
                + $"{needed} open files in one process, and the limit is {limit}",
            $"raise it (ulimit -n {needed}), or "
                + (front > worker ? "let nodes share workers (isolation: shared)" : "run fewer nodes"));
        return false;
    }

    /// <summary>How many files this process may have open, and the ones that it starts.</summary>
    public static long Limit()
    {
        try
        {
            string? line = File.ReadLines("/proc/self/limits")
                .FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
            string? soft = line?["Max open files".Length..]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, CultureInfo.InvariantCulture, out long files)
                ? files : long.MaxValue;
        }
        catch (IOException)
        {
            return long.MaxValue;
        }
    }
}
