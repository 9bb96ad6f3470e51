using Dilaton.Core;

namespace Dilaton.Models.Memory;

internal static class LinkStatistics
{
    public static void Collect(StatisticsList list, MemoryLink link)
    {
        list.Count("linkLines", link.Lines, "Count", "lines that crossed the link");
        list.Count("linkWait", link.WaitPicoseconds, "Tick", "time they waited for it");
        list.Count("linkWaitMax", link.WaitPicosecondsMax, "Tick", "longest such wait");
    }
}
