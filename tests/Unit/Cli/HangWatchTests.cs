using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class HangWatchTests
{
    private const double Timeout = 5;
    private const double Step = 0.25;

    private static readonly AwaitedWorker s_second = new(1, 7);

    [Fact]
    public void AWorkerThatIsNotHeard_Hangs() =>
        After(Watch(), s_second, (_, _) => { }).ShouldBe((1, Timeout));

    /// <summary>Its thread for progress lives on, the one that simulates does not.</summary>
    [Fact]
    public void AWorkerWhoseCountersStand_Hangs() =>
        After(Watch(), s_second, (watch, _) => watch.Hear(1, 4, 500, 20)).Worker.ShouldBe(1);

    [Fact]
    public void AWorkerThatGetsOn_DoesNot() =>
        After(Watch(), s_second, (watch, turn) => watch.Hear(1, 4, 500, turn)).Worker.ShouldBe(-1);

    /// <summary>Of nodes that share a worker one gets on, and the others wait for their turn.
    /// </summary>
    [Fact]
    public void AWorkerOneOfWhoseNodesGetsOn_DoesNot() =>
        After(Watch(), s_second, (watch, turn) =>
        {
            watch.Hear(1, 4, 500, 20);
            watch.Hear(1, 5, 500, turn);
        }).Worker.ShouldBe(-1);

    [Fact]
    public void AWorkerThatMayStand_DoesNot_AsLongAsItIsHeard()
    {
        After(Watch(mayStand: true), s_second, (watch, _) => watch.Hear(1, 4, 500, 20))
            .Worker.ShouldBe(-1);
        After(Watch(mayStand: true), s_second, (_, _) => { }).Worker.ShouldBe(1);
    }

    /// <summary>It is idle by right, and another one is slow.</summary>
    [Fact]
    public void AWorkerThatNobodyWaitsFor_DoesNot() =>
        After(Watch(), new AwaitedWorker(0, 7), (watch, turn) => watch.Hear(0, 3, 1, turn))
            .Worker.ShouldBe(-1);

    [Fact]
    public void EachRound_BeginsAnew()
    {
        HangWatch watch = Watch();
        for (int turn = 1; turn < 400; turn++)
        {
            watch.Step(turn * Step, new AwaitedWorker(1, (ulong)turn / 15)).ShouldBeNull();
        }
    }

    /// <summary>The front was stopped for an hour, and its workers with it.</summary>
    [Fact]
    public void APauseOfTheFront_IsNobodysHang()
    {
        HangWatch watch = Watch();
        watch.Step(1, s_second).ShouldBeNull();
        watch.Step(3600, s_second).ShouldBeNull();
    }

    private static HangWatch Watch(bool mayStand = false) => new(Timeout, [false, mayStand]);

    private static (int Worker, double Seconds) After(
        HangWatch watch, AwaitedWorker awaited, Action<HangWatch, ulong> hear)
    {
        watch.Step(0, awaited).ShouldBeNull();
        for (int turn = 1; turn < 400; turn++)
        {
            hear(watch, (ulong)turn);
            if (watch.Step(turn * Step, awaited) is { } worker)
            {
                return (worker, turn * Step);
            }
        }

        return (-1, 0);
    }
}
