using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class VerdictTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(7, 0, 1)]
    [InlineData(0, 11, 1)]
    public void GuestsEnd_GivesItsExitCodeOnlyInTheResult(int code, int signal, int expected)
    {
        GuestDocument guest = new() { ExitCode = code, Signal = signal, Message = "" };

        Verdict.Of(Ended(NodeEndWords.GuestExited, guest)).ExitCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData(NodeEndWords.ExitMark, 0)]
    [InlineData(NodeEndWords.FailMark, 1)]
    [InlineData(NodeEndWords.Until, 4)]
    [InlineData(NodeEndWords.Deadlock, 1)]
    [InlineData(NodeEndWords.OutputClosed, 1)]
    public void OtherEnds_HaveTheirCodes(string end, int expected) =>
        Verdict.Of(Ended(end, null)).ExitCode.ShouldBe(expected);

    [Theory]
    [InlineData(StopReason.WallLimit, 4)]
    [InlineData(StopReason.Interrupted, 130)]
    [InlineData(StopReason.Terminated, 143)]
    internal void Stops_HaveTheirCodes(StopReason reason, int expected)
    {
        RunRecord run = Ended(NodeEndWords.Stopped, null);
        run.Stop = reason;

        Verdict.Of(run).ExitCode.ShouldBe(expected);
    }

    [Fact]
    public void DeadWorker_IsNamedWithItsSignal()
    {
        RunRecord run = Record();
        run.WorkerExitCode = 128 + 9;

        Verdict verdict = Verdict.Of(run);

        verdict.ExitCode.ShouldBe(5);
        verdict.Reason.ShouldBe("the worker of node0 died by signal 9 (SIGKILL)");
    }

    [Fact]
    public void Message_SurvivesItsTripThroughThePipe()
    {
        GuestDocument guest = new() { ExitCode = 0, Signal = 0, Message = "" };
        WorkerMessage message = new()
        {
            Kind = WorkerMessageKind.Ended,
            TimePs = ulong.MaxValue,
            Statistics = [new StatisticLine("a", UInt128.MaxValue.ToString(), "1", "Count", "d")],
            End = new WorkerEnd(NodeEndWords.GuestExited, guest, 0, "ab", [], 0, 0),
        };
        string line = System.Text.Encoding.UTF8.GetString(WorkerMessageJson.Write(message));
        WorkerMessage again = WorkerMessageJson.Read(line);

        line.IndexOf('\n').ShouldBe(line.Length - 1);
        again.TimePs.ShouldBe(ulong.MaxValue);
        again.Statistics![0].ToStatistic().Value.ShouldBe(UInt128.MaxValue);
        again.End!.Guest.ShouldBe(guest);
    }

    private static RunRecord Ended(string end, GuestDocument? guest)
    {
        RunRecord run = Record();
        run.End = new WorkerEnd(end, guest, 0, "", [], 0, 0);
        return run;
    }

    private static RunRecord Record() => new()
    {
        Job = CliFixture.Good(CliFixture.Minimal),
        WorkerId = 1,
    };
}
