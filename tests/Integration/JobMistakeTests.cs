using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>An operator's mistakes are told before anything starts, all at once, with line and
/// column and the nearest valid spelling.</summary>
public sealed class JobMistakeTests
{
    [Fact]
    public void Job_TellsAllMistakesAtOnceWithTheirPlaces()
    {
        Run run = Run.Job($"""
            apiVersion: dilaton/v1
            nodes:
              - cores: {"{"}count: 2, frequncy: 2GHz{"}"}
                guest:
                  program: {"{"}path: {Paths.Guest("hello")}{"}"}
            time:
              slice: 1000
              until: 10
            """);
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain("job.yaml:3:23: error:");
        run.Error.ShouldContain("frequency");
        run.Error.ShouldContain("job.yaml:7:10: error:");
        run.Error.ShouldContain("job.yaml:8:10: error:");
        run.Error.ShouldContain("[DL0");
        run.Output.ShouldBe("");
        run.Files.ShouldBeEmpty();
    }

    [Fact]
    public void Job_RunsItsProgram()
    {
        Run run = Run.Job($"""
            apiVersion: dilaton/v1
            name: greeting
            nodes:
              - cores: {"{"}count: 2, frequency: 2GHz{"}"}
                guest:
                  program: {"{"}path: {Paths.Guest("hello")}{"}"}
            """, "-q");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("hello, world\n");
        run.Result["name"]!.GetValue<string>().ShouldBe("greeting");
    }

    [Theory]
    [InlineData("storage: {}", "storage")]
    [InlineData("faults: []", "faults")]
    [InlineData("apiVersion: dilaton/v9", "dilaton/v9")]
    [InlineData("name: [", "job.yaml:")]
    public void Job_RefusesWhatItDoesNotKnowWithItsLine(string line, string word)
    {
        string version = line.StartsWith("apiVersion", StringComparison.Ordinal)
            ? "" : "apiVersion: dilaton/v1\n";
        Run run = Run.Job(version + $"nodes: [{"{"}guest: {"{"}program: {"{"}path: "
            + $"{Paths.Guest("hello")}{"}}}"}]\n{line}\n");
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain("job.yaml:");
        run.Error.ShouldContain(word);
    }

    [Theory]
    [InlineData("--corse", "--cores")]
    [InlineData("--event=full", "--events")]
    [InlineData("cores.cuont=4", "count")]
    public void CommandLine_SuggestsTheNearestSpelling(string word, string meant)
    {
        Run run = Run.Of([word], Paths.Guest("hello"), []);
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain(meant);
    }

    [Theory]
    [InlineData("--until", "10")]
    [InlineData("--cores", "0")]
    [InlineData("--events", "some")]
    [InlineData("--seed", "x")]
    [InlineData("--engine", "qemu")]
    public void CommandLine_RefusesBadValues(string option, string value)
    {
        Run run = Run.Of([option, value], Paths.Guest("hello"), []);
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain("error:");
        run.Files.ShouldBeEmpty();
    }

    [Fact]
    public void ForeignResultFolder_IsNotOverwritten()
    {
        using var folder = new TempFolder();
        folder.Write("precious", "data");
        CommandResult result = Command.Run(
            Paths.Dilaton, ["run", "-o", folder.Path, "--", Paths.Guest("hello")],
            new() { Folder = folder.Path });
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain(folder.Path);
        File.ReadAllText(folder.File("precious")).ShouldBe("data");
    }
}
