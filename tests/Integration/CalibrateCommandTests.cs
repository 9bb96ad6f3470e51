using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>`dilaton calibrate` from the command line. What it fits depends on the host; how it fits is held by
/// CoreFitTests.</summary>
public sealed class CalibrateCommandTests
{
    [Fact]
    [Trait("Tier", "slow")]
    public void ItWritesAMachine_ThatRunTakes()
    {
        using var folder = new TempFolder();
        string results = folder.File("fitted");
        CommandResult run = Command.Run(
            Paths.Dilaton, ["calibrate", "--repeats", "3", "--json", "-o", results], new CommandSettings());
        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode json = JsonNode.Parse(run.Output)!;
        JsonArray programs = json["heldOut"]!.AsArray();
        programs.Select(program => program!["program"]!.GetValue<string>())
            .ShouldBe(["quicksort", "matrix", "tree", "sha256", "sieve", "triad"]);
        double sum = 0;
        foreach (JsonNode? program in programs)
        {
            double native = program!["nativeNs"]!.GetValue<double>();
            double error = program["error"]!.GetValue<double>();
            error.ShouldBe((program["virtualNs"]!.GetValue<double>() - native) / native, 1e-9);
            sum += Math.Abs(error);
        }

        json["meanError"]!.GetValue<double>().ShouldBe(sum / programs.Count, 1e-9);
        File.ReadAllText(Path.Combine(results, "calibration.json")).ShouldBe(run.Output);
        string machine = Path.Combine(results, "machine.yaml");
        File.ReadAllText(machine).ShouldContain("kind: interval");
        CommandResult fitted = Command.Run(
            Paths.Dilaton,
            ["run", "-o", folder.File("run"), "--machine", machine, "--events", "full", "--", Paths.Guest("hello")],
            new CommandSettings { Folder = folder.Path });
        fitted.ExitCode.ShouldBe(0, fitted.Error);
    }

    [Fact]
    public void WithoutACompiler_ItSaysSo()
    {
        Command.Run(Paths.Dilaton, ["version"], new CommandSettings()).ExitCode.ShouldBe(0);
        string program = Path.Combine(Paths.Root, "artifacts", "dilaton", "bin", "Dilaton.Cli");
        CommandResult run = Command.Run(
            "/usr/bin/env", ["PATH=/nowhere", program, "calibrate"], new CommandSettings());
        run.ExitCode.ShouldBe(6, run.Error);
        run.Error.ShouldContain("DL0830");
        run.Error.ShouldContain("apt-get install gcc");
    }

    [Fact]
    public void RepeatsOutOfRange_AreRefused()
    {
        CommandResult run = Command.Run(
            Paths.Dilaton, ["calibrate", "--repeats", "2"], new CommandSettings());
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("--repeats: expected 3 to 1000");
    }
}
