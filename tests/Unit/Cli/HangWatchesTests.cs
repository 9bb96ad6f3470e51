using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class HangWatchesTests
{
    private const double Timeout = 5;
    private const double Step = 0.25;

    [Fact]
    public void WithoutANetwork_EachWorkerIsOnItsOwn()
    {
        // The first gets on, the second is silent, the third has not begun: it waits for a peer.
        HangWatches watches = new(Timeout, [false, false, false], isNetwork: false);
        After(watches, (watch, turn) => watch.Hear(0, 0, turn, turn), worker => worker < 2).ShouldBe([1]);
    }

    [Fact]
    public void AWorkerWhoseCountersStand_Hangs_UnlessItMayStand()
    {
        HangWatches watches = new(Timeout, [false, true], isNetwork: false);
        After(
            watches,
            (watch, _) =>
            {
                watch.Hear(0, 0, 7, 7);
                watch.Hear(1, 1, 7, 7);
            },
            _ => true).ShouldBe([0]);
    }

    [Fact]
    public void AWorkerThatDoesNotStopWhenAsked_Hangs()
    {
        HangWatches watches = new(Timeout, [true, true], isNetwork: true);
        After(watches, (watch, turn) => watch.Hear(1, 1, turn, turn), _ => true, isOpen: worker => worker == 1, isStopping: true)
            .ShouldBe([1]);
    }

    [Fact]
    public void AnHourOfPause_IsNoTimeToStopIn()
    {
        HangWatches watches = new(Timeout, [true], isNetwork: true);
        watches.Step(1, null, _ => true, _ => true, isStopping: true).ShouldBeNull();
        watches.Step(3600, null, _ => true, _ => true, isStopping: true).ShouldBeNull();
    }

    private static List<int> After(
        HangWatches watches,
        Action<HangWatches, ulong> hear,
        Func<int, bool> runs,
        Func<int, bool>? isOpen = null,
        bool isStopping = false)
    {
        List<int> hung = [];
        for (int turn = 0; turn < 100; turn++)
        {
            hear(watches, (ulong)turn);
            if (watches.Step(turn * Step, null, runs, isOpen ?? (_ => true), isStopping) is { } worker)
            {
                hung.Add(worker);
            }
        }

        return hung;
    }
}
