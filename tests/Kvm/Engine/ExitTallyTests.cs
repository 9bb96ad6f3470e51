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
        StatisticsList list = new();
        tally.Collect(list);
        Told(list, "systemCall.count").ShouldBe((2, 1));
        Told(list, "systemCall.hostTime").ShouldBe((30, 2_000_000_000));
        Told(list, "window.count").ShouldBe((1, 1));
        Told(list, "window.hostTime").ShouldBe((0, 1_000_000_000));
        tally.ResetStatistics();
        tally.CountOf("systemCall").ShouldBe(0UL);
    }

    private static (ulong Value, ulong Divisor) Told(StatisticsList list, string name)
    {
        Statistic item = list.Items.Single(item => item.Name == name);
        return ((ulong)item.Value, (ulong)item.Divisor);
    }
}
