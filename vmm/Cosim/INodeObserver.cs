using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Hears what a guest says about itself. Called on the node's thread; must not call back
/// into the session.</summary>
public interface INodeObserver
{
    /// <summary>m5_work_begin or m5_work_end.</summary>
    void RegionMarked(VirtualTime now, VcpuId vcpu, bool isBegin, ulong workId, ulong threadId);

    /// <summary>m5_dump_stats: statistics since the start or the last reset.</summary>
    void StatisticsDumped(VirtualTime now, StatisticsList statistics);

    /// <summary>m5_reset_stats.</summary>
    void StatisticsReset(VirtualTime now);
}
