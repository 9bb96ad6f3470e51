using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>An SST configuration in the job itself, and `dilaton sst sdl`.</summary>
public sealed class SstGraphTests
{
    [SstFact]
    public void AGraphInTheJob_IsTheSameMachineAsTheScript()
    {
        Run graph = Run.Job(File.ReadAllText(SstJob.Example("graph.yaml")));
        graph.ExitCode.ShouldBe(0, graph.Error);
        graph.Error.ShouldNotContain("warning");
        Run script = SstJob.RunExample("l2");
        graph.VirtualTimePs.ShouldBe(script.VirtualTimePs);
        graph.Node["eventLogHash"]!.ToJsonString()
            .ShouldBe(script.Node["eventLogHash"]!.ToJsonString());
        foreach (string statistic in new[] { "CacheHits", "CacheMisses" })
        {
            SstJob.Sum(graph, "l2", statistic).ShouldBe(SstJob.Sum(script, "l2", statistic));
        }

        // What was run is what is printed.
        CommandResult printed = Command.Run(
            Paths.Dilaton, ["sst", "sdl", "-"],
            new() { Input = File.ReadAllText(SstJob.Example("graph.yaml")) });
        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Output.ShouldBe(graph.Files["peers/memory/graph.json"]);
    }

    [SstFact]
    public void AMistakeInTheGraph_IsToldBeforeTheStart()
    {
        string text = File.ReadAllText(SstJob.Example("graph.yaml"));
        Run element = Run.Job(
            text.Replace("memHierarchy.simpleMem", "memHierarchy.simplMem", StringComparison.Ordinal));
        element.ExitCode.ShouldBe(2, element.Error);
        element.Error.ShouldContain("memory:backend[0]");
        element.Error.ShouldContain("did you mean 'memHierarchy.simpleMem'?");
    }

    [Fact]
    public void AJobWithoutAGraph_HasNothingToPrint()
    {
        CommandResult result = Command.Run(
            Paths.Dilaton, ["sst", "sdl", SstJob.Example("l2.yaml")]);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("no peer of the job has a graph");
    }
}
