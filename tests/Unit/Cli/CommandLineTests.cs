using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class CommandLineTests
{
    [Fact]
    public void EverythingAfterTheDashes_IsTheGuests()
    {
        DiagnosticBag bag = new();
        RunRequest request = RunCommand.Read(
            ["-q", "--cores", "4", "cores.frequency=1GHz", "-o", "out", "--",
                "/bin/echo", "--cores", "a=b", "--"],
            bag,
            out _)!;

        bag.HasErrors.ShouldBeFalse(bag.Print());
        request.Quiet.ShouldBeTrue();
        request.OutputFolder.ShouldBe("out");
        request.Program.ShouldBe(["/bin/echo", "--cores", "a=b", "--"]);
        request.Settings.Select(s => s.Path).ShouldBe(["nodes[0].cores.count", ""]);
    }

    [Theory]
    [InlineData("--untill", "did you mean '--until'?")]
    [InlineData("--quite", "did you mean '--quiet'?")]
    [InlineData("-x", "-x: no such option")]
    [InlineData("ls", "a program goes after --: dilaton run -- ls")]
    [InlineData("--seed", "--seed needs a value")]
    [InlineData("--quiet=1", "takes no value")]
    public void MistakeOnTheCommandLine_IsNamed(string argument, string message)
    {
        DiagnosticBag bag = new();
        RunCommand.Read([argument], bag, out _).ShouldBeNull();

        bag.Print().ShouldContain(message);
    }

    [Fact]
    public void ExitCodes_GrowWithSeverityAndAreInTheHelp()
    {
        ExitCode.Table.Select(row => row.Code)
            .ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 70, 130, 143]);
        foreach ((int code, string _, string meaning) in ExitCode.Table)
        {
            ExitCode.Help().ShouldContain($"{code}  {meaning}");
        }
    }

    [Fact]
    public void ExitCodes_AreDocumentedAsTheyAre()
    {
        string text = File.ReadAllText(Path.Combine(CliFixture.Root(), "docs", "job.md"));

        foreach ((int code, string word, string _) in ExitCode.Table)
        {
            text.ShouldContain($"| {code} | {word} |");
        }
    }

    [Theory]
    [InlineData("frequncy", "frequency")]
    [InlineData("storebuffer", "storeBuffer")]
    [InlineData("mem", null)]
    public void Spelling_FindsTheNearestWordOrNone(string word, string? nearest) =>
        Spelling.Nearest(word, ["frequency", "storeBuffer", "count", "memory"]).ShouldBe(nearest);
}
