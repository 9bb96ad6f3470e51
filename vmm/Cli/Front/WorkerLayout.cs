using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Which nodes run in which worker: each that is isolated alone, and those that share in
/// blocks of neighbours of nearly the same size, on each host its own. What a node gives does not
/// depend on it: its address window follows from its own number.</summary>
internal static class WorkerLayout
{
    /// <returns>For each worker its nodes, by number, rising; the workers by their first.</returns>
    /// <param name="hostCores">That this process may use: as many workers are made for the nodes
    /// that share, on each host, unless the job says how many.</param>
    /// <exception cref="ConfigException">So few workers can't hold the nodes.</exception>
    public static IReadOnlyList<IReadOnlyList<int>> Of(Job job, int hostCores)
    {
        List<IReadOnlyList<int>> workers =
        [
            .. Enumerable.Range(0, job.Nodes.Count)
                .Where(i => job.Nodes[i].Isolation != Isolation.Shared)
                .Select(i => (IReadOnlyList<int>)[i]),
        ];
        foreach (IGrouping<string?, int> shared in Enumerable.Range(0, job.Nodes.Count)
            .Where(i => job.Nodes[i].Isolation == Isolation.Shared)
            .GroupBy(i => job.Nodes[i].Host))
        {
            int[] nodes = [.. shared];
            workers.AddRange(Blocks(nodes, CountFor(job, nodes, hostCores)));
        }

        return [.. workers.OrderBy(nodes => nodes[0])];
    }

    /// <summary>Nodes less than <see cref="AddressWindow.CountMax"/> apart have different windows.
    /// </summary>
    private static int CountFor(Job job, int[] shared, int hostCores)
    {
        int least = 1;
        while (Blocks(shared, least).Any(
            block => block[^1] - block[0] >= AddressWindow.CountMax))
        {
            least++;
        }

        if (job.Sync.Workers is { } asked && asked < least)
        {
            throw new ConfigException(
                "sync.workers",
                $"{asked} can't hold {shared.Length} nodes: a worker has address windows for "
                    + $"{AddressWindow.CountMax}; {least} can");
        }

        return Math.Min(shared.Length, job.Sync.Workers ?? Math.Max(least, hostCores));
    }

    private static IEnumerable<IReadOnlyList<int>> Blocks(int[] nodes, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int begin = (int)((long)nodes.Length * i / count);
            int end = (int)((long)nodes.Length * (i + 1) / count);
            if (end > begin)
            {
                yield return nodes[begin..end];
            }
        }
    }
}
