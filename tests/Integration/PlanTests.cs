using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

public sealed class PlanTests
{
    [Fact]
    public void AJobWithoutEnd_IsMeasuredForABoundedTime_AndLeavesNothing()
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", Job(Paths.Guest("endless")));
        JsonNode plan = Json(folder, job, "--calibrate", "600ms");
        plan["measured"]!["wholeJob"]!.GetValue<bool>().ShouldBeFalse();
        plan["limitedBy"]!.GetValue<string>().ShouldBeOneOf(
            "translator", "memory model", "processors");
        double slowdown = plan["slowdown"]!.GetValue<double>();
        slowdown.ShouldBe(
            plan["measured"]!["hostSeconds"]!.GetValue<double>()
                / plan["measured"]!["virtualSeconds"]!.GetValue<double>(),
            1e-6 * slowdown);
        plan["shares"]!.AsObject().Sum(share => share.Value!.GetValue<double>())
            .ShouldBe(1, 1e-6);
        plan["smallestTdf"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(
            Math.Max(
                plan["slowdownFirstHalf"]?.GetValue<double>() ?? 0,
                plan["slowdownSecondHalf"]?.GetValue<double>() ?? 0));
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([job]);
    }

    [Fact]
    public void ANetworkJob_HasItsFramesAndRounds()
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", $$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: a
                memory: {size: 64MiB}
                guest: {program: {path: {{{Paths.Guest("loggp", "dynamic")}}}, args: [answer]}}
              - name: b
                memory: {size: 64MiB}
                guest: {program: {path: {{{Paths.Guest("loggp", "dynamic")}}}, args: [probe, a]}}
            network: {kind: star}
            """);
        JsonNode plan = Json(folder, job);
        plan["measured"]!["nodes"]!.GetValue<int>().ShouldBe(2);
        plan["measured"]!["wholeJob"]!.GetValue<bool>().ShouldBeTrue();
        plan["measured"]!["frames"]!.GetValue<double>().ShouldBeGreaterThan(400);
        plan["measured"]!["rounds"]!.GetValue<double>().ShouldBeGreaterThan(400);
        plan["shares"]!["network"]!.GetValue<double>().ShouldBeGreaterThan(0);
        plan["memory"]!["neededBytes"]!.GetValue<ulong>().ShouldBeGreaterThan(128UL << 20);
        string text = Plan(folder, job).Output;
        text.ShouldContain("plan for 'job': 2 nodes");
        text.ShouldContain("basis: all guests came to their end");
    }

    [Theory]
    [InlineData("cores: {count: 0}", 2)]
    [InlineData("coresx: {count: 1}", 2)]
    public void ABadJob_GivesTheErrorsOfLaunch(string line, int code)
    {
        using TempFolder folder = new();
        string job = folder.Write(
            "job.yaml", Job(Paths.Guest("hello")) + $"    {line}\n");
        CommandResult plan = Plan(folder, job);
        CommandResult launch = Command.Run(
            Paths.Dilaton, ["launch", job], new() { Folder = folder.Path });
        plan.ExitCode.ShouldBe(code);
        plan.Error.ShouldEndWith(launch.Error); // Behind the note of a first build.
        plan.Output.ShouldBe("");
    }

    [Fact]
    public void AGuestThatCantBeStarted_GivesTheErrorOfLaunch()
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", Job(folder.Write("text", "no program")));
        CommandResult plan = Plan(folder, job);
        CommandResult launch = Command.Run(
            Paths.Dilaton, ["launch", job, "-q"], new() { Folder = folder.Path });
        plan.ExitCode.ShouldBe(launch.ExitCode);
        plan.ExitCode.ShouldNotBe(0);
        plan.Error.ShouldEndWith(launch.Error); // Behind the note of a first build.
    }

    [Fact]
    public void WhatItsGuestsWouldWrite_IsNotWritten_AndAFailureIsNamed()
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", """
            apiVersion: dilaton/v1
            nodes:
              - guest: {program: {path: /bin/sh, args: [-c, ': > made']}}
            """);
        CommandResult plan = Plan(folder, job);
        plan.ExitCode.ShouldBe(0, plan.Error);
        plan.Output.ShouldContain("failed: node0: the guest exited with code 2");
        plan.Output.ShouldContain("files: read only while it was measured");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([job]);
    }

    [Theory]
    [InlineData("--calibrate", "1ms", "--calibrate: 1ms is out of range")]
    [InlineData("--calibrate", "soon", "--calibrate: 'soon'")]
    [InlineData("--jsn", "", "--jsn: no such option")]
    public void OptionsThatCantBe_AreRefused(string option, string value, string message)
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", Job(Paths.Guest("hello")));
        CommandResult plan = Plan(folder, [job, option, .. value.Length > 0 ? [value] : Array.Empty<string>()]);
        plan.ExitCode.ShouldBe(2);
        plan.Error.ShouldContain(message);
    }

    private static string Job(string program) => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: {{{program}}}}}

        """;

    private static JsonNode Json(TempFolder folder, params string[] arguments)
    {
        CommandResult plan = Plan(folder, [.. arguments, "--json"]);
        plan.ExitCode.ShouldBe(0, plan.Error);
        return JsonNode.Parse(plan.Output)!;
    }

    private static CommandResult Plan(TempFolder folder, params string[] arguments) => Command.Run(
        Paths.Dilaton, ["plan", .. arguments], new() { Folder = folder.Path });
}
