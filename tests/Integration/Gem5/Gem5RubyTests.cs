using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>Ruby's MESI_Two_Level behind a job's vCPUs.</summary>
public sealed class Gem5RubyTests
{
    [Gem5RubyFact]
    public void TheExample_RunsOnFourVcpusAndEveryRequestIsAnswered()
    {
        Run run = Gem5Job.RunExample("ruby");
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(4);
        Gem5Statistics gem5 = Gem5Statistics.Of(run);
        gem5.Sent.ShouldBeGreaterThan(1000UL);
        gem5.Sum("board.processor", ".vmm.answers").ShouldBe(gem5.Sent);
        ulong looked = gem5.RubyHits("l1d") + gem5.RubyMisses("l1d");

        // What comes for a line that is on its way is counted as neither.
        looked.ShouldBeInRange(gem5.Sent / 2, gem5.Sent);
    }

    [Gem5RubyFact]
    public void SharedLines_AreTakenFromFilters()
    {
        string job = Gem5Job.Text(
            Gem5Job.Example("ruby.py"), "cut: none", 4, Paths.Guest("threads"), "4, 50");
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("4 threads, 50 rounds: atomic 200 locked 100 written 200");
        Gem5Statistics.Of(run).Sum("board.processor", ".data.vmm.invalidations")
            .ShouldBeGreaterThan(100UL);
        Gem5Statistics.Of(Run.Job(job)).Deterministic
            .ShouldBe(Gem5Statistics.Of(run).Deterministic);
    }

    [Gem5RubyFact]
    public void Flushes_AreLeftOut()
    {
        Run run = Run.Job(Gem5Job.Text(
            Gem5Job.Example("ruby.py"), "cut: none", 1, Paths.Guest("flush"), "100"));
        run.ExitCode.ShouldBe(0, run.Error);
        Gem5Statistics.Of(run).Sum("board.processor", ".vmm.flushesDropped").ShouldBe(100UL);
    }
}
