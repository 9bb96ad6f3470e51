using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>Passes on what the guest's marks ask for.</summary>
internal sealed class GuestMarks(string node, NodeLink link) : INodeObserver
{
    public void RegionMarked(
        VirtualTime now, VcpuId vcpu, bool isBegin, ulong workId, ulong threadId)
    {
        // The session switches the events; there is nothing to tell.
    }

    public void StatisticsDumped(VirtualTime now, StatisticsList statistics) =>
        link.Send(new WorkerMessage
        {
            Kind = WorkerMessageKind.Dump,
            TimePs = now.Picoseconds,
            Statistics = StatisticLine.From(statistics, $"{node}."),
        });

    public void StatisticsReset(VirtualTime now)
    {
        // The next dump shows it.
    }
}
