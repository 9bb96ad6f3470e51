using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>`dilaton ctl`: a job is told something while it runs.</summary>
public sealed class ControlTests
{
    private const int UsageCode = 2;
    private const int WorkerCode = 5;
    private const int InterruptedCode = 130;

    private static readonly string[] s_physical =
        ["cores.rates=physical", "memory.dram.rates=physical"];

    private static string TwoNodes => $$"""
        apiVersion: dilaton/v1
        nodes:
          - name: server
            isolation: ISOLATION
            cores: {rates: physical}
            guest: {program: {path: {{Paths.Guest("talk", "dynamic")}}, args: [serve, '1'] } }
          - name: client
            isolation: ISOLATION
            cores: {rates: physical}
            guest: {program: {path: {{Paths.Guest("talk", "dynamic")}}, args: [call, server, '1', '2000000'] } }
        network:
          link: {bandwidth: 100Mbps, latency: 100us}
        """;

    /// <summary>Run, change the factor in the middle, play it back: the same bytes.</summary>
    [Theory]
    [InlineData("full", 1, 100_000)]
    [InlineData("off", 1, 2_000_000)]
    [InlineData("filtered", 4, 200_000)]
    public void SetTdf_TakesEffectAtAnIntervalsEnd_AndIsPlayedBack(string events, int cores, int steps)
    {
        string[] options = [.. s_physical, $"events.level={events}", $"cores.count={cores}"];
        using RunningJob run = RunningJob.Of(Paths.Guest("rounds"), ["3", $"{steps}"], options);
        run.Input("x");
        run.SayBeforeInput("y", "set-tdf", "5/2").ShouldStartWith("dilaton: the TDF of node0 is 2.5 from ");
        run.SayBeforeInput("z", "set-tdf", "3", "--node", "node0");
        run.WaitForEnd().ShouldBe(0, run.Error);
        run.Error.ShouldContain("interactive: an operator changed the TDF");

        JsonNode result = JsonNode.Parse(run.Text("result.json"))!;
        result["interactive"]!.GetValue<bool>().ShouldBeTrue();
        string[] log = run.Text("control.log").TrimEnd().Split('\n');
        log.Length.ShouldBe(3);
        ulong[] at = [.. log.Skip(1).Select(line => JsonNode.Parse(line)!["atPs"]!.GetValue<ulong>())];
        at.ShouldAllBe(time => time % 10_000_000 == 0);
        result["nodes"]![0]!["dilation"]!.ToJsonString().ShouldBe(
            $$"""[{"virtualTimePs":{{at[0]}},"tdf":"2.5"},{"virtualTimePs":{{at[1]}},"tdf":"3"}]""");

        using RunningJob again = RunningJob.Launch(
            run.Text("job.yaml"), "--replay-control", Path.Combine(run.Folder, "control.log"));
        again.Input("xyz");
        again.WaitForEnd().ShouldBe(0, again.Error);
        again.Deterministic.ShouldBe(run.Deterministic);
        again.Text("control.log").ShouldBe(run.Text("control.log"));
    }

    /// <summary>What a job does with a change is what a schedule with that step does.</summary>
    [Fact]
    public void SetTdf_IsAStepOfTheSchedule()
    {
        using RunningJob run = RunningJob.Of(Paths.Guest("rounds"), ["2", "200000"], s_physical);
        run.Input("x");
        run.SayBeforeInput("y", "set-tdf", "5/2");
        run.WaitForEnd().ShouldBe(0, run.Error);
        JsonNode result = JsonNode.Parse(run.Text("result.json"))!["nodes"]![0]!;
        ulong at = result["dilation"]![0]!["virtualTimePs"]!.GetValue<ulong>();

        Run schedule = Run.Of(
            [.. s_physical, $"time.tdf=[{{from: 0s, factor: 1}}, {{from: {at}ps, factor: 5/2}}]"],
            Paths.Guest("rounds"),
            ["2", "200000"],
            new() { Input = "xy" });
        schedule.ExitCode.ShouldBe(0, schedule.Error);
        schedule.VirtualTimePs.ShouldBe(result["virtualTimePs"]!.GetValue<ulong>());
        schedule.Node["eventLogHash"]!.ToString().ShouldBe(result["eventLogHash"]!.ToString());
        schedule.Result["interactive"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public void Pause_StopsVirtualTime_AndShowsNowhere()
    {
        Run calm = Run.Of([], Paths.Guest("rounds"), ["2", "300000"], new() { Input = "xy" });
        using RunningJob run = RunningJob.Of(Paths.Guest("rounds"), ["2", "300000"]);
        run.Input("x");
        run.SayBeforeInput("y", "pause").ShouldStartWith("dilaton: paused at ");
        JsonNode first = run.Status();
        first["state"]!.ToString().ShouldBe("paused");
        first["nodes"]![0]!["state"]!.ToString().ShouldBe("paused");
        ulong time = first["virtualTimePs"]!.GetValue<ulong>();
        time.ShouldBeGreaterThan(0UL);
        Refused(run.Ctl("pause"), "the job is paused already [DL0521]\nhelp: resume lets it go on");
        run.Status()["virtualTimePs"]!.GetValue<ulong>().ShouldBe(time);
        run.Say("resume").ShouldBe("dilaton: goes on\n");
        run.WaitForEnd().ShouldBe(0, run.Error);
        run.Has("control.log").ShouldBeFalse();
        run.Has("control.sock").ShouldBeFalse();
        run.Deterministic.ShouldBe(calm.Deterministic);
    }

    /// <summary>Between two rounds of a network: all nodes meet it at one virtual time.</summary>
    [Theory]
    [InlineData("process", "shared")]
    [InlineData("shared", "process")]
    public void ANetworksNodes_ChangeAtOneTime_AndItIsPlayedBackInAnyLayout(string isolation, string other)
    {
        string job = TwoNodes.Replace("ISOLATION", isolation, StringComparison.Ordinal);
        using RunningJob run = RunningJob.Launch(job);
        run.Say("pause");
        run.Say("set-tdf", "5/2");
        run.Say("set-tdf", "7", "--node", "client");
        run.Status()["nodes"]![1]!["state"]!.ToString().ShouldBe("paused");
        run.Say("resume");
        run.WaitForEnd().ShouldBe(0, run.Error);
        string[] log = run.Text("control.log").TrimEnd().Split('\n');
        JsonNode.Parse(log[1])!["nodes"]!.AsArray().Count.ShouldBe(2);
        JsonNode.Parse(log[2])!["nodes"]!.AsArray().Count.ShouldBe(1);
        JsonNode nodes = JsonNode.Parse(run.Text("result.json"))!["nodes"]!;
        ulong at = JsonNode.Parse(log[1])!["atPs"]!.GetValue<ulong>();
        nodes[0]!["dilation"]!.ToJsonString().ShouldBe($$"""[{"virtualTimePs":{{at}},"tdf":"2.5"}]""");
        nodes[1]!["dilation"]!.AsArray().Select(each => each!["tdf"]!.ToString()).ShouldBe(["2.5", "7"]);

        using RunningJob again = RunningJob.Launch(
            TwoNodes.Replace("ISOLATION", other, StringComparison.Ordinal),
            "--replay-control", Path.Combine(run.Folder, "control.log"));
        again.WaitForEnd().ShouldBe(0, again.Error);
        again.Deterministic.ShouldBe(run.Deterministic);
        again.Text("control.log").ShouldBe(run.Text("control.log"));
    }

    [Fact]
    public void Stop_EndsTheJob_AndKeepsWhatThereIs()
    {
        using RunningJob run = RunningJob.Of(Paths.Guest("endless"), ["spin"]);
        run.Say("pause");
        run.Say("stop").ShouldBe("dilaton: interrupted: stopped by `dilaton ctl stop`\n");
        run.WaitForEnd().ShouldBe(InterruptedCode);
        JsonNode result = JsonNode.Parse(run.Text("result.json"))!;
        result["complete"]!.GetValue<bool>().ShouldBeTrue();
        result["exitCode"]!.GetValue<int>().ShouldBe(InterruptedCode);
        run.Has("stats.json").ShouldBeTrue();
        Refused(
            run.Ctl("status"),
            $"no job is running in '{run.Folder}': it ended with interrupted: stopped by `dilaton ctl stop` [DL0520]");
    }

    [Fact]
    public void WhatCannotBeDone_IsRefusedByTheRunningJob()
    {
        using RunningJob run = RunningJob.Of(Paths.Guest("endless"), ["spin"], s_physical);
        Refused(run.Ctl("resume"), "the job is not paused [DL0521]");
        Refused(run.Ctl("set-tdf", "2", "--node", "nod0"), "the job has no node 'nod0' [DL0521]\nhelp: did you mean 'node0'?");
        Refused(run.Ctl("set-tdf", "1"), "the TDF is 1 already, at ");
        Refused(run.Ctl("set-tdf", "1/0"), "'1/0' divides by zero [DL0110]");
        Refused(run.Ctl("set-tfd", "2"), "'set-tfd' is no command [DL0302]\nhelp: did you mean 'set-tdf'?");
        Refused(run.Ctl("stop", "--node", "node0"), "--node is for set-tdf, not for stop [DL0302]");
        CommandResult second = Command.Run(
            Paths.Dilaton, ["run", "-q", "-o", run.Folder, "--", Paths.Guest("hello")]);
        Refused(second, $"a job is running in '{run.Folder}' [DL0524]");
        run.Status()["state"]!.ToString().ShouldBe("running");
        run.Say("status").ShouldContain("MIPS");
    }

    [Fact]
    public void WithNothingPhysical_AChangeIsRefusedInTheWordsOfASchedule()
    {
        using RunningJob run = RunningJob.Of(Paths.Guest("endless"), ["spin"]);
        Refused(run.Ctl("set-tdf", "2"), "nothing changes, for no resource is physical [DL0201]");
    }

    [Fact]
    public async Task AJobThatDies_IsToldFromOneThatEnds()
    {
        using RunningJob run = RunningJob.Of(Paths.Guest("rounds"), ["1", "1000"]);
        Task<CommandResult> asked = Task.Run(() => run.Ctl("pause"));
        while (run.Status()["waiting"]!.GetValue<int>() == 0)
        {
            if (asked.IsCompleted)
            {
                // The guest did not wait for its input yet: once more, a little later.
                run.Say("resume");
                asked = Task.Run(() => run.Ctl("pause"));
            }
        }

        run.Kill();
        CommandResult told = await asked;
        told.ExitCode.ShouldBe(WorkerCode);
        told.Error.ShouldContain($"the job in '{run.Folder}' died before it answered [DL0520]");
        run.Has("control.sock").ShouldBeTrue();
        Refused(run.Ctl("status"), $"no job is running in '{run.Folder}', and the one that did has left no result");

        // What the dead one has left is in nobody's way.
        Command.Run(Paths.Dilaton, ["run", "-q", "-o", run.Folder, "--", Paths.Guest("hello")])
            .ExitCode.ShouldBe(0);
    }

    [Fact]
    public void AFolderOfNoJob_IsNamed()
    {
        using TempFolder folder = new();
        Refused(RunningJob.Ctl(folder.File("none"), ["status"]), "there is no folder '");
        Refused(RunningJob.Ctl(folder.Path, ["status"]), "is no result folder of a job [DL0403]");
    }

    [Fact]
    public void ALogOfAnotherJob_IsRefused()
    {
        using TempFolder folder = new();
        string log = folder.Write(
            "control.log",
            """
            {"control":"dilaton-control/v1","job":"x"}
            {"setTdf":"2","atPs":10000000,"nodes":[{"node":"a","knownPs":0}]}

            """);
        string job = folder.Write("job.yaml", $"""
            apiVersion: dilaton/v1
            nodes: [{"{"}guest: {"{"}program: {"{"}path: {Paths.Guest("hello")}{"}"}{"}"}{"}"}]
            """);
        Refused(
            Command.Run(Paths.Dilaton, ["launch", job, "-o", folder.File("out"), "--replay-control", log]),
            "control.log:2:1: error: the job has no node 'a' [DL0523]");
        Refused(
            Command.Run(Paths.Dilaton, ["launch", job, "-o", folder.File("out"), "--replay-control", "none"]),
            "none: no such file");
    }

    [Fact]
    public void ASweepsFolder_TellsItsPointsAndStops()
    {
        using Sweep sweep = new($$"""
            apiVersion: dilaton/v1
            name: endless
            nodes:
              - guest: {program: {path: {{Paths.Guest("endless")}}, args: [spin]} }
            sweep: {parameters: {cores.frequency: [1GHz, 2GHz]} }
            """);
        using System.Diagnostics.Process process = sweep.Start("-j", "2");
        Sweep.Wait(process, () => sweep.HasFiles("runs/*/control.sock", 2));
        CommandResult status = RunningJob.Ctl(sweep.Folder, ["status"]);
        status.Output.ShouldStartWith("dilaton: 2 points running here, 0 ended\n", Case.Sensitive, status.Error);
        JsonNode.Parse(RunningJob.Ctl(sweep.Folder, ["status", "--json"]).Output)!["running"]!
            .AsArray().Count.ShouldBe(2);
        Refused(RunningJob.Ctl(sweep.Folder, ["pause"]), "is the folder of a sweep, which has status and stop only [DL0521]");
        CommandResult stop = RunningJob.Ctl(sweep.Folder, ["stop"]);
        stop.ExitCode.ShouldBe(0, stop.Error);
        stop.Output.ShouldContain("dilaton sweep --resume");
        process.WaitForExit();
        process.ExitCode.ShouldBe(InterruptedCode);
        Refused(RunningJob.Ctl(sweep.Folder, ["stop"]), "no sweep is running in '");
    }

    private static void Refused(CommandResult result, string message)
    {
        result.ExitCode.ShouldBe(UsageCode, result.Error + result.Output);
        result.Error.ShouldContain(message);
    }
}
