using System.Globalization;

namespace Dilaton.Cli;

/// <summary>How many points run on this host at once, and on which of its processors.</summary>
/// <param name="Places">Processors of each; empty: any.</param>
/// <param name="Why">What decided, for people.</param>
internal sealed record PoolSize(IReadOnlyList<IReadOnlyList<int>> Places, string Why)
{
    /// <param name="wanted">As -j says; null: as many as fit.</param>
    /// <param name="processors">That this process may use.</param>
    /// <param name="freeBytes">Memory; 0: not known.</param>
    public static PoolSize Of(
        SweepNeeds needs, int? wanted, IReadOnlyList<int> processors, ulong freeBytes, DiagnosticBag bag)
    {
        int cores = Math.Max(1, processors.Count);
        int byCores = Math.Max(1, cores / needs.Cores);
        ulong byMemory = needs.MemoryBytes == 0 || freeBytes == 0
            ? ulong.MaxValue
            : Math.Max(1, freeBytes / needs.MemoryBytes);
        int count = needs.IsAlone ? 1 : wanted ?? (int)Math.Min((ulong)byCores, byMemory);
        if (needs.IsAlone && wanted > 1)
        {
            bag.Warning(
                DiagnosticCode.Inconsistent,
                "points run one after another, for a peer has an endpoint of its own",
                "leave peers[].endpoint out");
        }
        else if (freeBytes > 0 && (ulong)count > byMemory)
        {
            bag.Warning(
                DiagnosticCode.HostTooSmall,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} points at once may use {(needs.MemoryBytes * (ulong)count) >> 20} MiB of memory, "
                        + $"and the host has {freeBytes >> 20} MiB free"),
                "pages take host memory when a guest touches them; nodes[].memory.size bounds it");
        }

        string why = needs.IsAlone ? "a peer has a fixed endpoint"
            : wanted is not null ? "-j"
            : byMemory < (ulong)byCores ? "free memory"
            : "processors";
        int each = cores / count;
        bool isPinned = count > 1 && each >= 1;
        return new PoolSize(
            [
                .. Enumerable.Range(0, count).Select(i => isPinned
                    ? (IReadOnlyList<int>)[.. processors.Skip(i * each).Take(each)]
                    : []),
            ],
            why);
    }
}
