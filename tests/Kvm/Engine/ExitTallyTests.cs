using Dilaton.Core;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

public sealed class ExitTallyTests
{
    [Fact]
    public void TimeUntilGuestCodeRunsOn_IsItsExits_ButNotOverAChangeOfTheThread()
    {
        ExitTally tally = new();
        tally.Enter(100);
        tally.Leave(ExitCause.SystemCall, 150);
        tally.Enter(170);
        tally.Leave(ExitCause.SystemCall, 180);
        tally.Enter(190);
        tally.Leave(ExitCause.Window, 200);
        tally.Forget();
        tally.Enter(7);
        tally.Leave(ExitCause.Exception, 20);
        tally.Enter(15);
        StatisticsList list = new();
        tally.Collect(list);
        Told(list, "systemCall.count").ShouldBe((2UL, 1UL));
        Told(list, "systemCall.hostTime").ShouldBe((30UL, 2_000_000_000UL));
        Told(list, "window.count").ShouldBe((1UL, 1UL));
        Told(list, "window.hostTime").ShouldBe((0UL, 1_000_000_000UL));
        Told(list, "exception.hostTime").ShouldBe((0UL, 1_000_000_000UL));
        tally.ResetStatistics();
        tally.CountOf("systemCall").ShouldBe(0UL);
    }

    private static (ulong Value, ulong Divisor) Told(StatisticsList list, string name)
    {
        Statistic item = list.Items.Single(item => item.Name == name);
        return ((ulong)item.Value, (ulong)item.Divisor);
    }
}
