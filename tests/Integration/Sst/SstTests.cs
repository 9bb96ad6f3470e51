using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>SST as a job's peer.</summary>
public sealed class SstTests
{
    [SstTheory]
    [InlineData("l2", 1, "l2")]
    [InlineData("whole", 1, "l1")]
    [InlineData("shared-l3", 4, "l1_0", "l1_1", "l1_2", "l1_3")]
    public void AnExample_RunsAndEveryRequestReachesTheFirstCache(
        string name, int cores, params string[] first)
    {
        Run run = SstJob.RunExample(name);
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(cores);
        ulong sent = Requests(run);
        sent.ShouldBeGreaterThan(1000UL);
        first.Aggregate(0UL, (sum, cache) => sum
                + SstJob.Sum(run, cache, "CacheHits") + SstJob.Sum(run, cache, "CacheMisses"))
            .ShouldBe(sent);
        SstJob.Sum(run, "vcpus", "stall").ShouldBeGreaterThan(0UL);
    }

    [SstFact("shogun")]
    public void ACrossbarOfShogun_CarriesWhatMissesL1ToEverySlice()
    {
        Run run = SstJob.RunExample("crossbar");
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(2);
        new[] { "l1_0", "l1_1" }.Aggregate(0UL, (sum, cache) => sum
                + SstJob.Sum(run, cache, "CacheHits") + SstJob.Sum(run, cache, "CacheMisses"))
            .ShouldBe(Requests(run));
        SstJob.Sum(run, "l2_0", "CacheMisses").ShouldBeGreaterThan(0UL);
        SstJob.Sum(run, "l2_1", "CacheMisses").ShouldBeGreaterThan(0UL);

        // There and back at least.
        SstJob.Sum(run, "crossbar", "packets_moved").ShouldBeGreaterThan(
            2 * (SstJob.Sum(run, "l2_0", "CacheMisses") + SstJob.Sum(run, "l2_1", "CacheMisses")));
    }

    [SstFact("cassini", "Messier")]
    public void APrefetcherOfCassini_ReadsFromMessiersMemory()
    {
        Run run = SstJob.RunExample("nvm");
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        SstJob.Sum(run, "l2:prefetcher", "prefetches_issued").ShouldBeGreaterThan(100UL);
        SstJob.Sum(run, "nvm", "reads").ShouldBe(SstJob.Sum(run, "l2", "CacheMisses"));
        SstJob.Sum(run, "nvm", "writes").ShouldBeGreaterThan(0UL);
    }

    [SstFact]
    public void IndependentMissesOfAnOutOfOrderCore_Overlap_AndAChainOfThemDoesNot()
    {
        OutOfOrderRun.OverlapsIndependentMisses(Kernel);
        OutOfOrderRun.OverlapsNoChain(Kernel);
    }

    [SstFact]
    public void AnOutOfOrderCore_StallsForWrongBranches() => OutOfOrderRun.StallsForWrongBranches(Kernel);

    private static string Kernel(string kernel) =>
        SstJob.Text(SstJob.Example("l2.py"), "cut: l1", 1, Paths.Guest("bounds"), kernel);

    [SstFact]
    public void WhatTheHostDoes_ChangesNoByte()
    {
        using TempFolder folder = new();
        string stopped = SstJob.Wrapper(folder, """
            sst "$@" & p=$!
            trap 'kill -KILL $p 2>/dev/null' EXIT
            while kill -0 $p 2>/dev/null
            do sleep 0.03; kill -STOP $p 2>/dev/null; sleep 0.05; kill -CONT $p 2>/dev/null
            done
            wait $p
            """);
        string job = SstJob.Text(
            SstJob.Example("l2.py"), "cut: l1", 1, Paths.Guest("quicksort"), "3000");
        Run quiet = Run.Job(job);
        quiet.ExitCode.ShouldBe(0, quiet.Error);
        Run disturbed = Run.Job(job, $"peers[0].program={stopped}");
        disturbed.ExitCode.ShouldBe(0, disturbed.Error);
        disturbed.Files[SstJob.Statistics].ShouldBe(quiet.Files[SstJob.Statistics]);
        disturbed.Files["stats.json"].ShouldBe(quiet.Files["stats.json"]);
        disturbed.Node["eventLogHash"]!.ToJsonString()
            .ShouldBe(quiet.Node["eventLogHash"]!.ToJsonString());
    }

    [SstFact]
    public void AKilledSst_EndsTheRunWithItsResults()
    {
        using TempFolder folder = new();
        string killed = SstJob.Wrapper(folder, $"""
            (sleep 2; date +%s%N >{folder.File("killed")}; kill -KILL $$) >/dev/null 2>&1 &
            echo $$ >{folder.File("pid")}
            exec sst "$@"
            """);
        Run run = Run.Job(
            SstJob.Text(SstJob.Example("l2.py"), "cut: l1", 1, Paths.Guest("quicksort"), "1000000"),
            $"peers[0].program={killed}");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("SIGKILL");
        run.VirtualTimePs.ShouldBeGreaterThan(0UL);
        run.AddsUp(1);
        Deaths.KilledAt(folder.File("killed"))
            .ShouldBeInRange(run.EndedAt - Deaths.NoticedWithin, run.EndedAt);
        Directory.Exists($"/proc/{File.ReadAllText(folder.File("pid")).Trim()}").ShouldBeFalse();
    }

    [SstFact]
    public void TooFewVcpus_AreNamed()
    {
        Run run = Run.Job(SstJob.Text(SstJob.Example("l2.py"), "cut: l1", 2, "/bin/true", ""));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("vcpus: the job has 2, the peer has 1");
    }

    [SstFact]
    public void AnotherTimeBase_IsRefused()
    {
        using TempFolder folder = new();
        string config = folder.Write(
            "base.py",
            "import sst\nsst.setProgramOption('timebase', '500ps')\n"
                + File.ReadAllText(SstJob.Example("l2.py")));
        Run run = Run.Job(SstJob.Text(config, "cut: l1", 1, "/bin/true", ""));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("time base is 500 ps");
    }

    [SstFact]
    public void FourVcpus_GiveTheSameBytesTwice()
    {
        string job = SstJob.Text(
            SstJob.Example("shared-l3.py"), "cut: none", 4, Paths.Guest("threads"), "\"4\", \"20\"")
            + "\nevents: {level: full}";
        Run first = Run.Job(job);
        first.ExitCode.ShouldBe(0, first.Error);
        SstJob.Sum(first, "l3", "eventSent_Inv").ShouldBeGreaterThan(0UL);
        Run second = Run.Job(job);
        second.Files[SstJob.Statistics].ShouldBe(first.Files[SstJob.Statistics]);
        second.Deterministic.ShouldBe(first.Deterministic);
    }

    [SstFact]
    public void Parameters_DoWhatTheySay()
    {
        using TempFolder folder = new();
        string text = File.ReadAllText(SstJob.Example("l2.py"));
        string job = SstJob.Text("l2.py", "cut: l1", 1, Paths.Guest("quicksort"), "\"3000\"");
        Run plain = Configured("");
        Run reads = Configured(", modifies='read'");
        ulong modifies = SstJob.Sum(plain, "vcpus", "modifies")
            + SstJob.Sum(plain, "vcpus", "atomics");
        modifies.ShouldBeGreaterThan(0UL);
        (SstJob.Sum(plain, "l2", "Write_recv") - SstJob.Sum(reads, "l2", "Write_recv"))
            .ShouldBe(modifies);
        SstJob.Sum(plain, "vcpus", "overload_lag").ShouldBe(0UL);
        Run narrow = Configured(", max_outstanding=1");
        SstJob.Sum(narrow, "vcpus", "overload_lag").ShouldBeGreaterThan(0UL);
        narrow.VirtualTimePs.ShouldBeGreaterThan(plain.VirtualTimePs);

        Run Configured(string parameters)
        {
            string config = folder.Write(
                "l2.py", text.Replace("vcpus(1)", $"vcpus(1{parameters})", StringComparison.Ordinal));
            Run run = Run.Job(job.Replace("l2.py", config, StringComparison.Ordinal));
            run.ExitCode.ShouldBe(0, run.Error);
            return run;
        }
    }

    private static ulong Requests(Run run) =>
        new[]
        {
            "loads", "stores", "fetches", "atomics", "prefetches", "kernel_loads",
            "kernel_stores", "modifies", "writebacks",
        }.Aggregate(0UL, (sum, kind) => sum + SstJob.Sum(run, "vcpus", kind));
}
