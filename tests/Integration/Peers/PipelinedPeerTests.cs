using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>`time.feedback: pipelined k` with our own stand-alone peer.</summary>
public sealed class PipelinedPeerTests
{
    [RequiresPeerTheory]
    [InlineData("", "auto")]
    [InlineData("--event-driven", "auto")]
    [InlineData("--event-driven", "off")]
    public void HostSleepsInThePeer_ChangeNothing(string options, string ring)
    {
        string more = options.Length == 0 ? "" : $"{options}, ";
        Run quick = Pipelined("openmp", [], 2, options, ring);
        quick.ExitCode.ShouldBe(0, quick.Error);
        quick.AddsUp(4);
        Run slow = Pipelined("openmp", [], 2, $"{more}--delay-host, '0ms:3ms'", ring);
        slow.ExitCode.ShouldBe(0, slow.Error);
        slow.Output.ShouldBe(quick.Output);
        slow.Files["stats.txt"].ShouldBe(quick.Files["stats.txt"]);
        slow.Node["eventLogHash"]!.ToString().ShouldBe(quick.Node["eventLogHash"]!.ToString());
    }

    [RequiresPeerFact]
    public void TheResultSaysThatItIsAnEstimate()
    {
        // A promise of 1 ns leaves most of the stall to the answers.
        string job = PeerJob.Text(Paths.Guest("chase"), ["20000"], options: "--event-driven")
            .Replace("minLatency: 80ns", "minLatency: 1ns", StringComparison.Ordinal);
        Run late = Run.Job(job, "time.feedback=pipelined 2");
        late.ExitCode.ShouldBe(0, late.Error);
        Run lockstep = Run.Job(job);
        late.Output.ShouldBe(lockstep.Output);
        late.Files["result.json"].ShouldContain("feedback.unappliedStall");
        lockstep.Files["result.json"].ShouldNotContain("unappliedStall");
        late.Statistic("feedback.earlyActs").ShouldBeGreaterThan(0);

        // What acts lacked is charged in the end: a core that waits for memory only loses nothing.
        late.Statistic("feedback.unappliedStall").ShouldBeGreaterThan(0);
        late.Statistic("vcpu0.cycles.stall").ShouldBe(
            lockstep.Statistic("vcpu0.cycles.stall"));
    }

    [RequiresPeerFact]
    public void ARecording_AnswersAsThePeerDid()
    {
        using var folder = new TempFolder();
        string file = folder.File("wire.rec");
        string job = PeerJob.Text(Paths.Guest("openmp"), [], cores: 2, options: "--event-driven");
        Run live = Run.Job(
            job.Replace("minLatency", $"record: {file}\n    minLatency", StringComparison.Ordinal),
            "time.feedback=pipelined 3");
        live.ExitCode.ShouldBe(0, live.Error);
        Run again = Run.Job(PeerJob.Replay(job, file), "time.feedback=pipelined 3");
        again.ExitCode.ShouldBe(0, again.Error);
        again.Deterministic.ShouldBe(live.Deterministic);
    }

    [RequiresPeerFact]
    public void APeerThatDies_EndsTheRunWithItsResults()
    {
        Run run = Pipelined("openmp", [], 2, "--fault, die-at=5", "auto");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Files.Keys.ShouldContain("stats.txt");
    }

    private static Run Pipelined(
        string program, string[] arguments, int intervals, string options, string ring)
    {
        int cores = arguments.Length == 0 ? 4 : 1;
        string job = PeerJob.Text(Paths.Guest(program), arguments, cores: cores, options: options);
        return Run.Job(
            job.Replace("minLatency", $"ring: {ring}\n    minLatency", StringComparison.Ordinal),
            $"time.feedback=pipelined {intervals}");
    }
}
