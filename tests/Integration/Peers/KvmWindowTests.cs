using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Windows of natively running guests: what the translator's are, in data, number and time of
/// accesses.</summary>
public sealed class KvmWindowTests
{
    private static readonly string[] s_window = ["loads", "stores", "latency", "latencyMax"];

    [KvmPeerFact]
    public void EveryInstruction_DoesWhatItDoesOnMemoryNatively()
    {
        using var folder = new TempFolder("/dev/shm");
        string file = folder.File("window");
        File.WriteAllBytes(file, new byte[4096]);
        CommandResult native = Command.Run(
            Paths.Guest("window"), [file["/dev/".Length..], "forms"], new());
        Run run = Start("kvm", "forms");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(native.Output);
        run.AddsUp(1);
    }

    /// <summary>300 ns each, whatever a cycle is worth: half a nanosecond in the translator, 1 / TDF ns
    /// under KVM.</summary>
    [KvmPeerTheory]
    [InlineData("load", "1", 1)]
    [InlineData("store", "4", 4)]
    public void AccessesTakeWhatTheyTakeInTheTranslator(string mode, string tdf, int factor)
    {
        Run translated = Start("translator", $"{mode}, '100'");
        Run run = Start("kvm", $"{mode}, '100'", tdf: tdf);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(translated.Output);
        foreach (string name in s_window)
        {
            run.Statistic($"window.scratch.{name}").ShouldBe(
                translated.Statistic($"window.scratch.{name}"), name);
        }

        decimal stall = run.Statistic("vcpu0.cycles.stall");
        stall.ShouldBe(translated.Statistic("vcpu0.cycles.stall") / 2 * factor);
        run.AddsUp(1);
        ((decimal)run.VirtualTimePs).ShouldBe(
            run.Statistic("vcpu0.numCycles") * 1_000 / factor);
        run.Statistic("kvm.window.count").ShouldBe(101);
        run.Statistic("kvm.window.hostTime").ShouldBeGreaterThan(0);
        run.Node["clockRung"]!.GetValue<string>().ShouldContain("101 accesses to windows left the guest");
    }

    [KvmPeerFact]
    public void SeveralCoresShareADevice()
    {
        Run run = Start("kvm", "load, '100', '4'", cores: 4);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Statistic("window.scratch.loads").ShouldBe(401);
        run.Statistic("window.scratch.latencyMax").ShouldBeInRange(300_000, 1_200_000);
        run.AddsUp(4);
    }

    /// <summary>Locked updates of far memory; turns of a repeated move, which the translator refuses.
    /// </summary>
    [KvmPeerTheory]
    [InlineData("memory", "memory", "locked 42, exchanged 0, elsewhere 42 100\n", 1)]
    [InlineData("movs", "device", "", 16)]
    public void WhatFarMemoryAndADeviceCan_IsDone(string mode, string kind, string output, int stores)
    {
        Run run = Start("kvm", mode, kind: kind);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(output);
        run.Statistic("window.scratch.stores").ShouldBe(stores);
    }

    [KvmPeerTheory]
    [InlineData("locked", "can't be accessed by a locked update of device scratch")]
    [InlineData("readonly", "killed by SIGSEGV (write of 0x500000040)")]
    public void WhatADeviceCant_IsNamed(string mode, string message)
    {
        Run run = Start("kvm", mode);
        run.ExitCode.ShouldBe(1, run.Error);
        run.Error.ShouldContain(message);
    }

    private static Run Start(
        string engine, string arguments, string kind = "device", int cores = 1, string? tdf = null) =>
        Run.Job($$"""
            apiVersion: dilaton/v1
            nodes:
              - engine: {{engine}}
                cores: {count: {{cores}}, frequency: 2GHz}
                memory:
                  windows: [{name: scratch, size: 64KiB, peer: dev, kind: {{kind}}}]
                guest:
                  program: {path: {{Paths.Guest("window")}}, args: [scratch, {{arguments}}]}
            events: {level: window}
            {{(tdf is null ? "" : $"time: {{tdf: {tdf}}}")}}
            peers:
              - name: dev
                kind: command
                program: {{PeerJob.Program}}
                args: [--latency, 80ns, --bandwidth, 25.6GB/s, --device-latency, 300ns]
                minLatency: 80ns
            """);
}
