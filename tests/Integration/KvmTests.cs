using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Programs at CPL 3 under KVM, in measured time.</summary>
public sealed partial class KvmTests
{
    private static readonly string[] s_kvm = ["--engine", "kvm"];

    // Threads and the like race for the clock, which is another in every run; clock reads RDTSC,
    // which some hosts let user code read.
    public static TheoryData<string, string> Same
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string kind in new[] { "static", "dynamic" })
            {
                foreach (string program in Programs.Plain.Where(p => p != "clock"))
                {
                    data.Add(program, kind);
                }
            }

            return data;
        }
    }

    [KvmTheory]
    [MemberData(nameof(Same))]
    public void Program_GivesNativeOutput(string program, string kind)
    {
        CommandResult native = Run.Native(Paths.Guest(program, kind), []);
        Run run = Run.Of(s_kvm, Paths.Guest(program, kind), []);
        run.Output.ShouldBe(native.Output, run.Error);
        run.Error.ShouldBe(native.Error);
        run.GuestExitCode.ShouldBe(native.ExitCode);
    }

    [KvmFact]
    public void AProgramThatStartsAnother_EndsWithTheTraitThatItNeeds()
    {
        Run run = Run.Of(s_kvm, "/bin/sh", ["-c", "/bin/true; echo after"]);
        run.ExitCode.ShouldNotBe(0);
        run.Output.ShouldBe("");
        run.GuestMessage.ShouldContain("SwitchesProcesses");
        run.GuestMessage.ShouldContain("translator");
    }

    [KvmTheory]
    [InlineData("threads", 1)]
    [InlineData("threads", 4)]
    [InlineData("exceptions", 1)]
    [InlineData("sockets", 2)]
    public void OtherPrograms_RunToTheirEnd(string program, int cores)
    {
        Run run = Run.Of([.. s_kvm, "--cores", $"{cores}"], Paths.Guest(program), []);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(Run.Native(Paths.Guest(program), []).Output);
    }

    [KvmTheory]
    [InlineData("null", 11, "storeToNull")]
    [InlineData("divide", 8, "divide")]
    [InlineData("illegal", 4, "main")]
    [InlineData("readonly", 11, "main")]
    [InlineData("trap", 5, "main")]
    [InlineData("stack", 11, "")]
    [InlineData("nostack", 11, "")]
    [InlineData("code", 11, "")]
    [InlineData("abort", 6, "")]
    public void Deaths_AreToldAsByTheTranslator(string way, int signal, string symbol)
    {
        Run run = Run.Of(s_kvm, Paths.Guest("die"), [way]);
        run.Output.ShouldBe($"before {way}\n", run.Error);
        run.ExitCode.ShouldBe(1, run.Error);
        run.GuestSignal.ShouldBe(signal);
        run.GuestMessage.ShouldContain(symbol);
        run.GuestMessage.ShouldContain("0x");
    }

    [KvmFact]
    public void TheResult_SaysWhatEngineAndClockItHad()
    {
        Run run = Run.Of([.. s_kvm, "--tdf", "5/2"], Paths.Guest("hello"), []);
        run.Node["engine"]!.GetValue<string>().ShouldContain("not deterministic");
        string rung = run.Node["clockRung"]!.GetValue<string>();
        rung.ShouldStartWith("measured run time");
        rung.ShouldContain(KvmFactAttribute.Report.TrapsTimestamp
            ? "RDTSC is virtual"
            : "RDTSC is the host's");
        run.Instructions.ShouldBe(0UL);
        run.Files["result.json"].ShouldContain("divided by TDF 2.5");
    }

    [KvmFact]
    public void AProgramThatNeverEnds_EndsAtItsTime()
    {
        Run run = Run.Of([.. s_kvm, "--until", "50ms"], Paths.Guest("endless"), []);
        run.ExitCode.ShouldBe(4, run.Error);
        run.VirtualTimePs.ShouldBe(50_000_000_000UL);
    }

    /// <summary>Cycles are nanoseconds of run time, worth 1 / TDF each.</summary>
    [KvmTheory]
    [InlineData("1", 1, 1)]
    [InlineData("10", 10, 1)]
    [InlineData("2.5", 5, 2)]
    [InlineData("1/4", 1, 4)]
    public void VirtualTimeIsRunTimeOverTheFactor_PlusKernelPlusWaiting(
        string tdf, int numerator, int denominator)
    {
        Run run = Run.Of([.. s_kvm, "--tdf", tdf], Paths.Guest("pace"), ["3", "2000000"]);
        run.ExitCode.ShouldBe(0, run.Error);
        decimal executed = run.Statistic("vcpu0.cycles.executed");
        decimal units = executed + run.Statistic("vcpu0.cycles.kernel")
            + run.Statistic("vcpu0.cycles.waiting");
        executed.ShouldBeGreaterThan(0);
        run.Statistic("vcpu0.cycles.stall").ShouldBe(0);
        decimal exact = units * 1_000 * denominator / numerator;
        ((decimal)run.VirtualTimePs).ShouldBe(decimal.Floor(exact));
    }

    /// <summary>Whatever a cycle was worth when it ran.</summary>
    [KvmFact]
    public void AFactorThatChanges_CountsFromItsInstantOn()
    {
        Run run = Run.Of(
            [.. s_kvm, "time.tdf=[{from: 0s, factor: 1}, {from: 10ms, factor: 1/4}]"],
            Paths.Guest("pace"),
            ["20", "2000000"]);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Node["dilation"]!.AsArray().Count.ShouldBe(1);
        decimal first = run.Statistic("segment0.vcpu0.cycles") * 1_000;
        decimal second = run.Statistic("segment1.vcpu0.cycles") * 4_000;
        ((decimal)run.VirtualTimePs).ShouldBe(first + second);
        first.ShouldBeInRange(10_000_000_000, 15_000_000_000);
    }

    [KvmTheory]
    [InlineData("1")]
    [InlineData("10")]
    public void Sleeps_AreSkippedAndLastWhatTheyShould(string tdf)
    {
        Run run = Run.Of(
            [.. s_kvm, "--tdf", tdf, "kernel=ideal"], Paths.Guest("pace"), ["100000", "1000"]);
        run.ExitCode.ShouldBe(0, run.Error);
        Match line = Slept().Match(run.Output);
        line.Success.ShouldBeTrue(run.Output);
        long slept = long.Parse(line.Groups["slept"].Value, CultureInfo.InvariantCulture);

        // What is longer is CPU time of three exits, whatever else the host does.
        slept.ShouldBeInRange(100_000_000_000, 100_050_000_000);
        long wall = long.Parse(line.Groups["wall"].Value, CultureInfo.InvariantCulture);
        Math.Abs(wall - slept).ShouldBeLessThan(50_000_000);
    }

    [GeneratedRegex(@"slept (?<slept>\d+) ns of \d+: \d+ ppm too long; wall clock (?<wall>\d+) ns")]
    private static partial Regex Slept();
}
