using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>gem5 as a job's peer.</summary>
public sealed class Gem5Tests
{
    [Gem5Theory]
    [InlineData("caches", 1)]
    [InlineData("shared", 4)]
    public void AnExampleWithCaches_RunsAndEveryRequestReachesTheFirstCache(string name, int cores)
    {
        Run run = Gem5Job.RunExample(name);
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(cores);
        Gem5Statistics gem5 = Gem5Statistics.Of(run);
        gem5.Sent.ShouldBeGreaterThan(1000UL);
        gem5.Sum("board.processor", ".vmm.answers").ShouldBe(gem5.Sent);
        (gem5.Hits("l1") + gem5.Misses("l1")).ShouldBe(gem5.Sent);
    }

    [Gem5Fact]
    public void IndependentMissesOfAnOutOfOrderCore_Overlap_AndAChainOfThemDoesNot()
    {
        OutOfOrderRun.OverlapsIndependentMisses(Kernel);
        OutOfOrderRun.OverlapsNoChain(Kernel);
    }

    [Gem5Fact]
    public void AnOutOfOrderCore_StallsForWrongBranches() => OutOfOrderRun.StallsForWrongBranches(Kernel);

    private static string Kernel(string kernel) => Gem5Job.Text(
        Gem5Job.Config("parts.py"), "cut: l1", 1, Paths.Guest("bounds"), kernel, "args: [bus, ddr4]");

    [Gem5Fact]
    public void DramBehindOurCaches_SeesWhatTheyMissAndWriteBack()
    {
        Run run = Gem5Job.RunExample("dram");
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(2);
        Gem5Statistics gem5 = Gem5Statistics.Of(run);
        ulong misses = (ulong)run.Statistic(".l3.overallMisses");
        misses.ShouldBeGreaterThan(1000UL);
        gem5.Sum("board.memory.mem_ctrl", ".readReqs").ShouldBe(misses);
        gem5.Sum("board.memory.mem_ctrl", ".writeReqs")
            .ShouldBe((ulong)run.Statistic(".l3.writebacks"));
    }

    [Gem5Theory]
    [InlineData("ddr3")]
    [InlineData("ddr4")]
    [InlineData("hbm")]
    public void EachKindOfMemory_ReadsWhatL2Misses(string memory)
    {
        Run run = Gem5Job.RunExample("memories", $"peers[0].args=[{memory}]");
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        Gem5Statistics gem5 = Gem5Statistics.Of(run);
        ulong read = gem5.Sum("board.memory.mem_ctrl", ".readReqs");
        read.ShouldBeGreaterThan(500UL);
        gem5.Sum("board.cache_hierarchy.l2-cache-0", ".overallMshrMisses::total")
            .ShouldBe(read);
    }

    [Gem5Theory]
    [InlineData("wire", "simple, uncached", "cut: none")]
    [InlineData("wire", "ddr4", "cut: hierarchy")]
    [InlineData("bus", "ddr3", "cut: hierarchy")]
    [InlineData("bus", "hbm, uncached", "cut: none")]
    [InlineData("l1", "simple", "cut: none")]
    [InlineData("l2", "hbm", "cut: none")]
    [InlineData("l2", "ddr3", "cut: l1")]
    public void StdlibsParts_CanBeCombined(string hierarchy, string memory, string cut)
    {
        Run run = Run.Job(Gem5Job.Text(
            Gem5Job.Config("parts.py"), cut, 1, Paths.Guest("quicksort"), "500",
            $"args: [{hierarchy}, {memory}]"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        Gem5Statistics gem5 = Gem5Statistics.Of(run);
        gem5.Sent.ShouldBeGreaterThan(500UL);
        gem5.Sum("board.processor", ".vmm.answers").ShouldBe(gem5.Sent);
        (gem5.Sum("board.processor", ".vmm.writes") > 0)
            .ShouldBe(cut != "cut: hierarchy", "a small program writes no line back");
    }

    [Gem5Theory]
    [InlineData("caches.py", "cut: none", 1, "quicksort", "2000")]
    [InlineData("shared.py", "cut: none", 4, "threads", "4, 50")]
    public void WhatTheHostDoes_ChangesNoByte(
        string config, string memory, int cores, string program, string arguments)
    {
        using TempFolder folder = new();
        string stopped = Gem5Job.Wrapper(folder, """
            gem5.opt "$@" & p=$!
            trap 'kill -KILL $p 2>/dev/null' EXIT
            while kill -0 $p 2>/dev/null
            do sleep 0.03; kill -STOP $p 2>/dev/null; sleep 0.05; kill -CONT $p 2>/dev/null
            done
            wait $p
            """);
        string job = Gem5Job.Text(
            Gem5Job.Example(config), memory, cores, Paths.Guest(program), arguments);
        Run quiet = Run.Job(job);
        quiet.ExitCode.ShouldBe(0, quiet.Error);
        Run disturbed = Run.Job(job, $"peers[0].program={stopped}");
        disturbed.ExitCode.ShouldBe(0, disturbed.Error);
        Gem5Statistics.Of(disturbed).Deterministic
            .ShouldBe(Gem5Statistics.Of(quiet).Deterministic);
        disturbed.Files["stats.json"].ShouldBe(quiet.Files["stats.json"]);
        disturbed.Node["eventLogHash"]!.ToJsonString()
            .ShouldBe(quiet.Node["eventLogHash"]!.ToJsonString());
    }

    [Gem5Fact]
    public void AKilledGem5_EndsTheRunWithItsResults()
    {
        using TempFolder folder = new();
        string killed = Gem5Job.Wrapper(folder, $"""
            (sleep 3; date +%s%N >{folder.File("killed")}; kill -KILL $$) >/dev/null 2>&1 &
            echo $$ >{folder.File("pid")}
            exec gem5.opt "$@"
            """);
        Run run = Run.Job(
            Gem5Job.Text(
                Gem5Job.Example("caches.py"), "cut: none", 1, Paths.Guest("quicksort"), "1000000"),
            $"peers[0].program={killed}");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("SIGKILL");
        run.VirtualTimePs.ShouldBeGreaterThan(0UL);
        run.AddsUp(1);
        Deaths.KilledAt(folder.File("killed"))
            .ShouldBeInRange(run.EndedAt - Deaths.NoticedWithin, run.EndedAt);
        Directory.Exists($"/proc/{File.ReadAllText(folder.File("pid")).Trim()}").ShouldBeFalse();
    }

    [Gem5Fact]
    public void AMistakeInTheConfiguration_IsShownAsPythonShowsIt()
    {
        using TempFolder folder = new();
        string config = folder.Write("bad.py", "import vmm_bridge\n\nvmm_bridge.VmmBoards()\n");
        Run run = Run.Job(Gem5Job.Text(config, "cut: none", 1, "/bin/true", ""));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("AttributeError");
        run.Error.ShouldContain("bad.py");
    }

    [Gem5Fact]
    public void Check_SaysWhatGem5IsAndThatTheBridgeFits()
    {
        CommandResult check = Command.Run(Paths.Dilaton, ["gem5", "check"]);
        check.ExitCode.ShouldBe(0, check.Error + check.Output);
        check.Output.ShouldMatch("(?m)^gem5 [0-9.]+, compiled ");
        check.Output.ShouldContain("bridge: fits");
    }

    [Gem5Fact]
    public void TooFewVcpus_AreNamed()
    {
        Run run = Run.Job(
            Gem5Job.Text(Gem5Job.Example("caches.py"), "cut: none", 2, "/bin/true", ""));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("vcpus: the job has 2, the peer has 1");
    }

    [Gem5Fact]
    public void AnAnswerSoonerThanPromised_IsNamed()
    {
        Run run = Run.Job(
            Gem5Job.Text(Gem5Job.Example("caches.py"), "cut: none", 1, "/bin/true", ""),
            "peers[0].minLatency=50ns");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("is below min_latency_ps, 50000 ps");
    }
}
