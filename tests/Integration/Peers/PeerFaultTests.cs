using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A peer that dies, hangs, or lies: named, in time, with results up to there.</summary>
public sealed class PeerFaultTests
{
    [RequiresPeerTheory]
    [InlineData("die-at=5", "peer 'mem'")]
    [InlineData("twice-at=5", "broke the protocol")]
    [InlineData("out-of-order-at=5", "interval_done.number")]
    [InlineData("garbage-at=5", "broke the protocol")]
    [InlineData("flood-at=5", "broke the protocol")]
    [InlineData("early-at=5", "peer 'mem'")]
    [InlineData("hang-at=5", "hangs: no progress within its timeout")]
    public void AFault_EndsTheRunAndIsNamed(string fault, string message)
    {
        Run run = Run.Job(PeerJob.Text(
            Paths.Guest("sha256"), ["3"], options: $"--fault, {fault}", timeout: "2s"));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain(message);
        run.Error.ShouldContain("[DL0508]");
        run.Result["status"]!.GetValue<string>().ShouldBe("worker-failed");
        run.Files.Keys.ShouldContain("stats.txt");
        run.Files.Keys.ShouldContain("peers/mem/log.txt");
        run.Statistic("peer.exchanges").ShouldBeGreaterThanOrEqualTo(1);
    }

    [RequiresPeerFact]
    public void APeerThatDoesNotCome_IsNamed()
    {
        string job = PeerJob.Text(Paths.Guest("hello"), [], timeout: "1s")
            .Replace(PeerJob.Program, "/bin/sleep", StringComparison.Ordinal)
            .Replace("args: [--latency", "args: ['100'] # ", StringComparison.Ordinal);
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("peer 'mem' did not come");
    }

    [RequiresPeerFact]
    public void APeerThatCantBeStarted_SaysWhy()
    {
        string job = PeerJob.Text(Paths.Guest("hello"), [])
            .Replace(PeerJob.Program, "/nonexistent/peer", StringComparison.Ordinal);
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("peer 'mem' ended with code 127");
        run.Error.ShouldContain("/nonexistent/peer");
    }

    [RequiresPeerFact]
    public void APeerOfAnotherMinLatency_IsRefused()
    {
        string job = PeerJob.Text(Paths.Guest("hello"), [])
            .Replace("minLatency: 80ns", "minLatency: 90ns", StringComparison.Ordinal);
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("min_latency_ps: the job has 90000, the peer has 80000");
    }
}
