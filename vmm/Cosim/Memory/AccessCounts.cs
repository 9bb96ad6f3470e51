using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Accesses by kind, of a node without a memory to simulate: nothing else is done with
/// its records.</summary>
internal sealed class AccessCounts : IStatisticsSource
{
    private readonly ulong[] _records = new ulong[(int)MemoryEventKind.Writeback + 1];
    private SuppressedHits _suppressed;

    /// <summary>HOT: per block.</summary>
    public void Add(in MemoryEventBlock block)
    {
        _suppressed += block.Suppressed;
        foreach (MemoryEventKind kind in block.Kinds)
        {
            _records[(int)kind]++;
        }
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        ulong fetchLines = Records(MemoryEventKind.Fetch);
        list.Count("loads", Records(MemoryEventKind.Load) + _suppressed.Loads, "Count",
            "plain loads");
        list.Count("stores", Records(MemoryEventKind.Store) + _suppressed.Stores, "Count",
            "plain stores");
        list.Count("modifies", Records(MemoryEventKind.Modify) + _suppressed.Modifies, "Count",
            "plain read-modify-writes");
        list.Count("atomics", Records(MemoryEventKind.Atomic) + _suppressed.Atomics, "Count",
            "locked read-modify-writes");
        list.Count("fetchLines", fetchLines, "Count", "lines entered by instruction fetch");
        list.Count("fetches", fetchLines + _suppressed.Fetches, "Count",
            "instruction fetches, one per instruction");
        list.Count("flushes", Records(MemoryEventKind.Flush), "Count", "lines flushed");
        list.Count("prefetches", Records(MemoryEventKind.Prefetch), "Count",
            "software prefetches");
        list.Count("kernelLoads", Records(MemoryEventKind.KernelLoad), "Count",
            "lines read by copies of the node kernel");
        list.Count("kernelStores", Records(MemoryEventKind.KernelStore), "Count",
            "lines written by copies of the node kernel");
    }

    public void ResetStatistics()
    {
        Array.Clear(_records);
        _suppressed = default;
    }

    private ulong Records(MemoryEventKind kind) => _records[(int)kind];
}
