using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Windows: devices of our stand-alone peer, as a guest sees them.</summary>
public sealed class WindowTests
{
    [RequiresPeerTheory]
    [InlineData("window")]
    [InlineData("filtered")]
    [InlineData("full")]
    public void EveryInstruction_DoesWhatItDoesOnMemoryNatively(string level)
    {
        using var folder = new TempFolder("/dev/shm");
        string file = folder.File("window");
        File.WriteAllBytes(file, new byte[4096]);
        CommandResult native = Command.Run(
            Paths.Guest("window"), [file["/dev/".Length..], "forms"], new());
        native.ExitCode.ShouldBe(0, native.Error);
        Run run = Start("forms", level);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(native.Output);
        run.AddsUp(1);
    }

    [RequiresPeerFact]
    public void AnAccess_CostsWhatThePeerSays()
    {
        decimal Stall(int count, string mode)
        {
            Run run = Start($"{mode}, '{count}'");
            run.ExitCode.ShouldBe(0, run.Error);
            run.AddsUp(1);
            return run.Statistic("vcpu0.cycles.stall");
        }

        // 300 ns are 600 cycles of 2 GHz.
        (Stall(150, "load") - Stall(100, "load")).ShouldBe(50 * 600);
        (Stall(150, "store") - Stall(100, "store")).ShouldBe(50 * 600);
    }

    [RequiresPeerFact]
    public void ADevice_HasItsOwnData()
    {
        Run run = Start("sum");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("sum 1234\naccesses before 3\n");
        run.Statistic("window.scratch.loads").ShouldBe(2);
        run.Statistic("window.scratch.stores").ShouldBe(2);
        run.Statistic("window.scratch.latencyMax").ShouldBe(300_000);
    }

    [RequiresPeerTheory]
    [InlineData("load", "window")]
    [InlineData("store", "filtered")]
    public void SeveralCoresShareADevice_AndNothingOfTheHostShows(string mode, string level)
    {
        string arguments = $"{mode}, '200', '4'";
        Run model = Start(arguments, level, cores: 4);
        model.ExitCode.ShouldBe(0, model.Error);
        model.AddsUp(4);

        // Four cores wait for a device that takes 300 ns for each.
        model.Statistic("window.scratch.latencyMax").ShouldBeGreaterThan(1_000_000);
        Run events = Start(arguments, level, cores: 4, options: ", --event-driven");
        Same(events, model);
        Same(Start(arguments, level, cores: 4, options: ", --delay-host, '0ms:1ms'"), model);
        Same(Start(arguments, level, cores: 4, peer: "ring: off"), model);
    }

    [RequiresPeerFact]
    public void Memory_KeepsItsDataInTheWorker()
    {
        Run run = Start("memory", kind: "memory");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("locked 42, exchanged 0, elsewhere 42 100\n");
        run.Statistic("window.scratch.latencyMax").ShouldBe(80_000);
    }

    [RequiresPeerFact]
    public void OnePeer_TimesMemoryAndCompletesAccesses()
    {
        Run one = Start("load, '100', '2'", "filtered", cores: 2, memory: "peer: dev, ");
        one.ExitCode.ShouldBe(0, one.Error);
        one.AddsUp(2);
        one.Statistic("weave.requests").ShouldBeGreaterThan(100);
        Run events = Start(
            "load, '100', '2'", "filtered", cores: 2, memory: "peer: dev, ",
            options: ", --event-driven");
        events.ExitCode.ShouldBe(0, events.Error);
        events.Statistic("window.scratch.loads").ShouldBe(one.Statistic("window.scratch.loads"));
        Same(
            Start(
                "load, '100', '2'", "filtered", cores: 2, memory: "peer: dev, ",
                options: ", --event-driven, --delay-host, '0ms:1ms'"),
            events);
    }

    [RequiresPeerFact]
    public void SystemCalls_SayWhatADeviceCant()
    {
        Run run = Start("calls");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.Split('\n').ShouldBe(
        [
            "private Invalid argument",
            "beyond Invalid argument",
            "execute Permission denied",
            "read Invalid argument",
            "read into it Bad address",
            "write from it Bad address",
            "execute later Permission denied",
            "none and back done done",
            "status done, a device: 1",
            "still there 77",
            "unmap done",
            "",
        ]);
    }

    [RequiresPeerTheory]
    [InlineData("movs", "can't be accessed by a repeated movsb (window address 0x500000040)")]
    [InlineData("locked", "can't be accessed by a locked update of device scratch")]
    [InlineData("two", "can't be accessed by push, which does more than one load, store or update")]
    [InlineData("readonly", "killed by SIGSEGV (write of 0x500000040)")]
    public void WhatCantBeDone_IsNamed(string mode, string message)
    {
        Run run = Start(mode);
        run.ExitCode.ShouldBe(1, run.Error);
        run.Error.ShouldContain(message);
    }

    [RequiresPeerTheory]
    [InlineData("complete-twice-at=5", "interval_done.completions[1].id: expected that of an open")]
    [InlineData("complete-unknown-at=5", "interval_done.completions[0].id: expected that of an open")]
    [InlineData("complete-early-at=5", "interval_done.completions[0].at_ps: expected at least")]
    [InlineData("complete-short-at=5", "interval_done.completions[0].data: expected 8 bytes, got 1")]
    [InlineData("complete-never-at=5", "and answers nothing")]
    [InlineData("die-at=5", "peer 'dev'")]
    public void AFault_EndsTheRunAndIsNamed(string fault, string message)
    {
        Run run = Start("load", options: $", --fault, {fault}");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain(message);
        run.Files.Keys.ShouldContain("stats.txt");
    }

    [RequiresPeerFact]
    public void APeerWithoutADevice_SaysSo()
    {
        Run run = Start("sum", options: "", device: "");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("window 'scratch' is of a device, and there is none");
    }

    private static void Same(Run run, Run expected)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(expected.Output);
        run.Files["stats.txt"].ShouldBe(expected.Files["stats.txt"]);
        run.Node["eventLogHash"]!.ToString().ShouldBe(expected.Node["eventLogHash"]!.ToString());
    }

    private static Run Start(
        string arguments,
        string level = "window",
        int cores = 1,
        string options = "",
        string peer = "timeout: 30s",
        string kind = "device",
        string memory = "",
        string device = ", --device-latency, 300ns") => Run.Job($$"""
            apiVersion: dilaton/v1
            nodes:
              - cores: {count: {{cores}}, frequency: 2GHz}
                memory:
                  { {{memory}}windows: [{name: scratch, size: 64KiB, peer: dev, kind: {{kind}}}]}
                guest:
                  program: {path: {{Paths.Guest("window")}}, args: [scratch, {{arguments}}]}
            events: {level: {{level}}}
            peers:
              - name: dev
                kind: command
                program: {{PeerJob.Program}}
                args: [--latency, 80ns, --bandwidth, 25.6GB/s{{device}}{{options}}]
                minLatency: 80ns
                {{peer}}
            """);
}
