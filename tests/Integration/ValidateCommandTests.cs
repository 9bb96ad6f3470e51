using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>`dilaton validate` from the command line; what it finds is held by tests/Laws.
/// </summary>
public sealed class ValidateCommandTests
{
    [Fact]
    public void TheCard_IsPrintedAndWritten()
    {
        using var folder = new TempFolder();
        string card = folder.File("card");
        CommandResult run = Validate("--law", "1", "--law", "3", "--json", "-o", card);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldContain("dilaton: validate: law 1: instructions");
        JsonArray laws = JsonNode.Parse(run.Output)!["laws"]!.AsArray();
        laws.Select(law => law!["law"]!.GetValue<int>()).ShouldBe([1, 3]);
        laws.ShouldAllBe(law => law!["verdict"]!.GetValue<string>() == "pass");
        File.ReadAllText(Path.Combine(card, "validation.json")).ShouldBe(run.Output);
        File.ReadAllText(Path.Combine(card, "validation.txt"))
            .ShouldContain("668000 ps, law: 668000 exactly; error 0");
        string page = File.ReadAllText(Path.Combine(card, "validation.html"));
        page.ShouldContain("<td class=n>668000<td class=n>668000<td>ps<td class=n>0<td class=n>exactly");
        JsonNode.Parse(run.Output)!["exitCode"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public void ALawThatThereIsNot_IsRefused()
    {
        CommandResult run = Validate("--law", "12");
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("there are laws 1, 2, 3");
    }

    [Fact]
    public void ACardThatCantBeWritten_IsTold()
    {
        using var folder = new TempFolder();
        string file = folder.Write("taken", "");
        CommandResult run = Validate("--law", "3", "-o", file);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("can't be written");
    }

    [Fact]
    public void CtrlC_EndsItAndLeavesNothing()
    {
        using var folder = new TempFolder();
        string command = $"TMPDIR={folder.Path} exec {Paths.Dilaton} validate --law 7 2>&1";
        CommandResult run = Command.Run("/bin/sh", ["-c", command], new()
        {
            ActOn = "Poisson traffic",
            Act = id => Command.Run("/bin/kill", ["-INT", $"{id}"]),
        });
        run.ExitCode.ShouldBe(130, run.Output);
        run.Output.ShouldNotContain("accuracy card");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    private static CommandResult Validate(params string[] options) =>
        Command.Run(Paths.Dilaton, ["validate", .. options]);
}
