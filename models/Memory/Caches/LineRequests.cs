using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>No data cache in front of the cut: every line that an access touches is a request
/// behind it. Instruction fetches are counted and go nowhere: a machine without a cache for them
/// would wait at every one.</summary>
public sealed class LineRequests : ICacheHierarchy, IStatisticsSource
{
    private readonly ulong _lineMask;
    private ulong _requests;
    private ulong _fetches;
    private ulong _suppressed;

    /// <param name="lineSizeBytes">A power of two.</param>
    /// <param name="loadHitCycles">What the first cache behind the cut takes for a hit, core
    /// cycles: it counts as executed, not as stall.</param>
    public LineRequests(int lineSizeBytes, uint loadHitCycles)
    {
        LineSizeBytes = lineSizeBytes;
        LoadHitCycles = loadHitCycles;
        _lineMask = ~((ulong)lineSizeBytes - 1);
    }

    public int LineSizeBytes { get; }

    public uint LoadHitCycles { get; }

    public void Access(in MemoryEventBlock block, MissBuffer misses)
    {
        SuppressedHits hits = block.Suppressed;
        _suppressed += hits.Loads + hits.Stores + hits.Modifies + hits.Atomics;
        _fetches += hits.Fetches;
        for (int i = 0; i < block.Count; i++)
        {
            if (block.Kinds[i] == MemoryEventKind.Fetch)
            {
                _fetches++;
                continue;
            }

            ulong line = block.Addresses[i] & _lineMask;
            ulong last = (block.Addresses[i] + Math.Max(block.Sizes[i], (byte)1) - 1) & _lineMask;
            for (; line <= last; line += (ulong)LineSizeBytes)
            {
                misses.Add(new CacheMiss(line, block.Offsets[i], 0, block.Kinds[i], true));
                _requests++;
            }
        }
    }

    /// <summary>There is nothing here that a line could leave; the peer tells what left its
    /// caches.</summary>
    public ReadOnlySpan<GuestPhysicalAddress> TakeDroppedLines(VcpuId vcpu) => [];

    public void Collect(StatisticsList list)
    {
        list.Count("requests", _requests, "Count", "lines accessed, all of them behind the cut");
        list.Count("suppressed", _suppressed, "Count", "sure first-level hits, not requested");
        list.Count("fetches", _fetches, "Count", "instruction fetches, not simulated");
    }

    public void ResetStatistics()
    {
        _requests = 0;
        _fetches = 0;
        _suppressed = 0;
    }
}
