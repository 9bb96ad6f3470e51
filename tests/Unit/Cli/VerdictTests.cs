using Dilaton.Cli;
using Dilaton.Cosim;
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

        Of(Ended(NodeEndWords.GuestExited, guest)).ExitCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData(NodeEndWords.ExitMark, 0)]
    [InlineData(NodeEndWords.FailMark, 1)]
    [InlineData(NodeEndWords.Until, 4)]
    [InlineData(NodeEndWords.Deadlock, 1)]
    [InlineData(NodeEndWords.OutputClosed, 1)]
    public void OtherEnds_HaveTheirCodes(string end, int expected) =>
        Of(Ended(end, null)).ExitCode.ShouldBe(expected);

    [Theory]
    [InlineData(StopReason.WallLimit, 4)]
    [InlineData(StopReason.Interrupted, 130)]
    [InlineData(StopReason.Terminated, 143)]
    internal void Stops_HaveTheirCodes(StopReason reason, int expected)
    {
        NodeRecord node = Ended(NodeEndWords.Stopped, null);

        Verdict.Of(node, reason, new TimeJob()).ExitCode.ShouldBe(expected);
    }

    [Fact]
    public void DeadWorker_IsNamedWithItsSignal()
    {
        NodeRecord node = Record("node0");
        node.WorkerExitCode = 128 + 9;

        Verdict verdict = Of(node);

        verdict.ExitCode.ShouldBe(5);
        verdict.Reason.ShouldBe("the worker of node0 died by signal 9 (SIGKILL)");
    }

    /// <summary>Who ends a job so reaches its workers, too, and one that starts does not ignore it yet.
    /// </summary>
    [Fact]
    public void AWorkerThatTermMeetsAtItsStart_EndsTheRunAsTermDoes()
    {
        NodeRecord node = Record("node0");
        node.WorkerExitCode = 128 + 15;

        Verdict verdict = Of(node);

        verdict.ExitCode.ShouldBe(143);
        verdict.Reason.ShouldBe("SIGTERM ended the worker of node0 as it started");
    }

    [Fact]
    public void Taint_FailsANodeThatEndedWell()
    {
        GuestDocument guest = new() { ExitCode = 0, Signal = 0, Message = "" };
        NodeRecord node = Ended(NodeEndWords.GuestExited, guest);
        node.Taint = "n3 stored to 0x10000";

        Verdict verdict = Of(node);

        verdict.ExitCode.ShouldBe(5);
        verdict.EndWord.ShouldBe(NodeEndWords.GuestExited);
        verdict.Code.ShouldBe(DiagnosticCode.Tainted);
        verdict.Reason.ShouldContain("tainted: n3 stored to 0x10000");
    }

    [Fact]
    public void ADefectBehindANodesEnd_LeavesItsResults()
    {
        GuestDocument guest = new() { ExitCode = 0, Signal = 0, Message = "" };
        NodeRecord node = Ended(NodeEndWords.GuestExited, guest);
        node.Take(new WorkerMessage { Kind = WorkerMessageKind.Failed, Lines = ["x"] });

        Of(node).ExitCode.ShouldBe(0);
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
            Timeline = [new TimelineSample(1, 2, 3, 4, 5, 6, 7, 8, 9, ulong.MaxValue)],
            End = new WorkerEnd(NodeEndWords.GuestExited, guest, 0, "ab", [], 0, 0),
        };
        string line = System.Text.Encoding.UTF8.GetString(WorkerMessageJson.Write(message));
        WorkerMessage again = WorkerMessageJson.Read(line);

        line.IndexOf('\n').ShouldBe(line.Length - 1);
        again.TimePs.ShouldBe(ulong.MaxValue);
        again.Statistics![0].ToStatistic().Value.ShouldBe(UInt128.MaxValue);
        again.End!.Guest.ShouldBe(guest);
        again.Timeline.ShouldBe(message.Timeline);
    }

    [Fact]
    public void SeveralNodes_EndAsTheFirstOfTheWorst()
    {
        GuestDocument good = new() { ExitCode = 0, Signal = 0, Message = "" };
        NodeRecord well = Ended(NodeEndWords.GuestExited, good);
        NodeRecord dead = Record("b");
        dead.WorkerExitCode = 128 + 11;
        NodeRecord stuck = Ended(NodeEndWords.Deadlock, null, "c");
        Job job = CliFixture.Good(CliFixture.Minimal);
        RunVerdict Run(params NodeRecord[] nodes) =>
            RunVerdict.Of(new RunRecord { Job = job, Nodes = nodes });

        Run(well, well).Reason.ShouldBe("all 2 nodes ended well");
        Run(well, stuck).ExitCode.ShouldBe(1);
        RunVerdict worst = Run(stuck, dead, well, dead);
        worst.ExitCode.ShouldBe(5);
        worst.Reason.ShouldBe(
            "b: the worker of b died by signal 11 (SIGSEGV); another node ended so too");
        worst.Nodes.Select(node => node.ExitCode).ShouldBe([1, 5, 0, 5]);
    }

    private static Verdict Of(NodeRecord node) =>
        Verdict.Of(node, StopReason.None, new TimeJob());

    private static NodeRecord Ended(string end, GuestDocument? guest, string name = "node0")
    {
        NodeRecord node = Record(name);
        node.End = new WorkerEnd(end, guest, 0, "", [], 0, 0);
        return node;
    }

    private static NodeRecord Record(string name) => new()
    {
        Node = CliFixture.Good(CliFixture.Minimal).Nodes[0] with { Name = name },
        WorkerId = 1,
    };
}
