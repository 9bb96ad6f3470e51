using Dilaton.Core;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

public sealed class MeasuredTdfTests
{
    /// <summary>A counter of 2 GHz that is told to be one of 10 GHz: five seconds of the host for one of the guest, and
    /// none for what it was held, when the counter stood.</summary>
    [Theory]
    [InlineData(10_000_000_000, 10_000_000_000, 0, 5)]
    [InlineData(10_000_000_000, 17_000_000_000, 7_000_000_000, 5)]
    [InlineData(10_010_000_000, 10_000_000_000, 0, 4.995)]
    public void TheFactor_IsTheHostsTimeByTheGuests(long halfCounts, long nanoseconds, long held, double tdf)
    {
        const long Begin = 1_000;
        MeasuredTdf measured = new(new AnnouncedClock(2_000_000, new Ratio(5, 1)));
        measured.Begin(77, Begin);
        measured.End(77 + (2 * (ulong)halfCounts), Begin + nanoseconds, held);
        StatisticsList list = new();
        measured.Collect(list);
        Statistic one = list.Items.ShouldHaveSingleItem();
        ((double)one.Value / (double)one.Divisor).ShouldBe(tdf, 1e-4);
    }
}
