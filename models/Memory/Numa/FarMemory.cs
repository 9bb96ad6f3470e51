using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A memory behind a link that every request crosses (CXL).</summary>
/// <param name="memory">Also a source of statistics.</param>
public sealed class FarMemory : ITimingModel, IStatisticsSource
{
    private readonly ITimingModel _memory;
    private readonly MemoryLink _link;

    public FarMemory(ITimingModel memory, MemoryLinkOptions link, int lineSizeBytes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(link);
        (_memory, _link) = (memory, new MemoryLink(link, lineSizeBytes));
        MinLatency = memory.MinLatency + _link.MinDelay;
    }

    public VirtualDuration MinLatency { get; }

    public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies)
    {
        _memory.Weave(requests, latencies);
        for (int i = 0; i < requests.Length; i++)
        {
            latencies[i] += _link.Cross(
                requests[i].At, requests[i].Kind == MemoryEventKind.Writeback);
        }
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        LinkStatistics.Collect(list, _link);
        list.Add("dram", (IStatisticsSource)_memory);
    }

    public void ResetStatistics()
    {
        _link.ResetStatistics();
        ((IStatisticsSource)_memory).ResetStatistics();
    }
}
