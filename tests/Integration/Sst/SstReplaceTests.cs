using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>`dilaton sst replace`, and jobs on what it writes.</summary>
public sealed class SstReplaceTests
{
    private const string Caches = """

        l1 = sst.Component("l1", "memHierarchy.Cache")
        l1.addParams({"L1": 1, "cache_size": "8KiB", "associativity": 4, "cache_frequency": "2GHz",
                      "access_latency_cycles": 4, "cache_line_size": 64,
                      "coherence_protocol": "MESI"})
        memory = sst.Component("memory", "memHierarchy.MemController")
        memory.addParams({"clock": "1GHz", "addr_range_end": (1 << 30) - 1, "backing": "none"})
        backend = memory.setSubComponent("backend", "memHierarchy.simpleMem")
        backend.addParams({"access_time": "60ns", "mem_size": "1GiB"})
        sst.Link("down").connect((l1, "lowlink", "500ps"), (memory, "highlink", "500ps"))
        l1.enableAllStatistics({})
        sst.setStatisticLoadLevel(5)
        sst.setStatisticOutput("sst.statOutputCSV",
                               {"filepath": "statistics.csv", "separator": ","})
        """;

    // As a user of Miranda has it: the interface in a slot.
    private const string Miranda = """
        import sst
        sst.setProgramOption("stop-at", "10us")
        cpu = sst.Component("cpu", "miranda.BaseCPU")
        cpu.addParams({"clock": "2GHz"})
        generator = cpu.setSubComponent("generator", "miranda.SingleStreamGenerator")
        generator.addParams({"count": 100, "startat": 0, "max_address": 6400})
        memory_if = cpu.setSubComponent("memory", "memHierarchy.standardInterface")
        """ + Caches + """

        sst.Link("up").connect((memory_if, "lowlink", "500ps"), (l1, "highlink", "500ps"))
        """;

    // As a user of Ariel has it: a port. Pin is not needed to read it.
    private const string Ariel = """
        import sst
        import sys
        cpu = sst.Component("cpu", "ariel.ariel")
        cpu.addParams({"corecount": 1, "executable": sys.argv[1], "frontend": "ariel.frontend.pin"})
        cpu.setSubComponent("memmgr", "ariel.MemoryManagerSimple")
        cpu.enableStatistics(["cycles", "read_requests"])
        """ + Caches + """

        sst.Link("up").connect((cpu, "cache_link_0", "500ps"), (l1, "highlink", "500ps"))
        """;

    [SstTheory("miranda", "ariel")]
    [InlineData("miranda", "dropped: slot generator of cpu (miranda.BaseCPU)")]
    [InlineData("ariel", "dropped: params of cpu (ariel.ariel): corecount, executable, frontend")]
    public void AJob_RunsOnTheReplacedGraph(string kind, string note)
    {
        using TempFolder folder = new();
        CommandResult result = Replace(
            folder, kind == "miranda" ? Miranda : Ariel, "cpu", "--model-options", "a.out");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain(note);
        result.Output.ShouldContain("is vCPU 0");
        result.Output.ShouldContain("cores: {count: 1}");

        Run run = Run.Job(SstJob.Text(
            folder.File("out.json"), "cut: none", 1, Paths.Guest("quicksort"), "\"2000\""));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        ulong sent = new[] { "loads", "stores", "fetches", "atomics", "modifies", "kernel_loads",
                "kernel_stores" }
            .Aggregate(0UL, (sum, name) => sum + SstJob.Sum(run, "cpu", name));
        sent.ShouldBeGreaterThan(1000UL);
        (SstJob.Sum(run, "l1", "CacheHits") + SstJob.Sum(run, "l1", "CacheMisses")).ShouldBe(sent);
    }

    [SstFact]
    public void TheSteps_OfTheHowtoAreAsItSays()
    {
        using TempFolder folder = new();
        CommandResult result = Command.Run(
            Paths.Dilaton,
            ["sst", "replace", SstJob.Example("for-ariel.py"), "ariel", "-o", "replaced.json"],
            new() { Folder = folder.Path });
        result.ExitCode.ShouldBe(0, result.Error);
        string page = File.ReadAllText(
            Path.Combine(Paths.Root, "docs", "howto", "replace-ariel.md"));
        string[] said = [.. result.Output.Split('\n').TakeWhile(line => line.Length > 0)];
        said.Length.ShouldBe(5);
        foreach (string line in said)
        {
            page.ShouldContain(line);
        }

        Run run = Run.Job(File.ReadAllText(SstJob.Example("replaced.yaml")).Replace(
            "replaced.json", folder.File("replaced.json"), StringComparison.Ordinal));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(2);
        SstJob.Sum(run, "ariel", "loads").ShouldBeGreaterThan(1000UL);
    }

    [SstFact("miranda")]
    public void WhatWasWritten_IsAGraphOfSst()
    {
        using TempFolder folder = new();
        Replace(folder, Miranda, "cpu").ExitCode.ShouldBe(0);
        JsonNode graph = JsonNode.Parse(File.ReadAllText(folder.File("out.json")))!;
        graph["components"]![0]!["type"]!.GetValue<string>().ShouldBe("dilaton.Vcpus");

        // SST itself takes what was written, and writes the same again.
        CommandResult sst = Command.Run(
            "sst",
            [
                $"--add-lib-path={Path.Combine(Paths.Root, "artifacts", "sst-bridge")}",
                "--run-mode=init", $"--output-json={folder.File("again.json")}",
                $"--output-directory={folder.Path}", folder.File("out.json"),
            ]);
        JsonNode again = JsonNode.Parse(File.ReadAllText(folder.File("again.json")))!;
        JsonNode.DeepEquals(again["components"], graph["components"]).ShouldBeTrue(sst.Error);
        JsonNode.DeepEquals(again["links"], graph["links"]).ShouldBeTrue(sst.Error);
    }

    [SstTheory("miranda")]
    [InlineData("cpx", "the graph has no component 'cpx'", "did you mean 'cpu'?")]
    [InlineData("l1", "'l1' (memHierarchy.Cache) can't be replaced", "its links are at")]
    public void WhatCanNotBeReplaced_IsSaid(string name, string message, string help)
    {
        using TempFolder folder = new();
        CommandResult result = Replace(folder, Miranda, name);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(message);
        result.Error.ShouldContain(help);
        File.Exists(folder.File("out.json")).ShouldBeFalse();
    }

    private static CommandResult Replace(TempFolder folder, string script, params string[] words) =>
        Command.Run(
            Paths.Dilaton,
            [
                "sst", "replace", folder.Write("graph.py", script), .. words,
                "-o", folder.File("out.json"),
            ]);
}
