using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What happened in one TLB.</summary>
internal sealed class TlbCounters
{
    public ulong Hits { get; set; }

    public ulong Misses { get; set; }

    public void Reset() => Hits = Misses = 0;

    public void Collect(StatisticsList list, string prefix)
    {
        list.Count(prefix + "tlbHits", Hits, "Count", "pages found, once per line accessed");
        list.Count(prefix + "tlbMisses", Misses, "Count", "pages not found");
    }
}
