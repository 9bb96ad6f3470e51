using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Law 5 in pieces: a TDF that changes while a job runs.</summary>
public sealed class DilationScheduleTests
{
    private const string Schedule =
        "[{from: 0s, factor: 1}, {from: 2ms, factor: 5/2}, {from: 4ms, factor: 1/2}]";

    private static readonly string[] s_allPhysical =
        ["cores.rates=physical", "memory.dram.rates=physical", "memory.caches.l3=none"];

    /// <summary>With all physical a run has the same cycles at any TDF: they are spent at 2, 5 and
    /// 1 GHz.</summary>
    [Fact]
    public void TheCyclesOfARun_TakeWhatTheFactorOfTheirTimeSays()
    {
        Run one = Of("time.tdf=1");
        Run changed = Of($"time.tdf={Schedule}");

        // In picoseconds: 500 a cycle, 200, 1000.
        ulong cycles = one.VirtualTimePs / 500;
        ulong rest = cycles - (2_000_000_000 / 500) - (2_000_000_000 / 200);
        ulong expected = 4_000_000_000 + (rest * 1_000);
        Math.Abs((double)changed.VirtualTimePs - expected).ShouldBeLessThan(
            0.0002 * expected, "delays are rounded up to whole cycles");
        changed.Instructions.ShouldBe(one.Instructions);
        changed.Node["dilation"]!.ToJsonString().ShouldBe(
            """[{"virtualTimePs":2000000000,"tdf":"2.5"},{"virtualTimePs":4000000000,"tdf":"0.5"}]""");
        changed.Files["stats.txt"].ShouldContain("dilation.segment2.vcpu0.cycles");
        Of($"time.tdf={Schedule}").Deterministic.ShouldBe(changed.Deterministic);
    }

    [Fact]
    public void AScheduleOfOneFactor_IsThatFactor()
    {
        Run plain = Of("time.tdf=3");
        Run steps = Of("time.tdf=[{from: 0s, factor: 3}, {from: 1ms, factor: 3.0}]");
        steps.Files["stats.json"].ShouldBe(plain.Files["stats.json"]);
        steps.Node["eventLogHash"]!.ToString().ShouldBe(plain.Node["eventLogHash"]!.ToString());
        plain.Node["dilation"]!.AsArray().Count.ShouldBe(0);
    }

    /// <summary>TCP over links of 10 Mbps and 100 us, whose TDF becomes 4 in the middle.</summary>
    [Fact]
    public void ANetworkGetsFasterInTheMiddle_TheSameForAnyTransport()
    {
        double slow = Transfer("1");
        double fast = Transfer("4");
        const string Steps = "[{from: 0s, factor: 1}, {from: 400ms, factor: 4}]";
        double changed = Transfer(Steps);

        // From about 5 ms on, when the client begins: what is left at 400 ms goes four times as fast.
        double expected = 395 + ((slow - 395) * fast / slow);
        changed.ShouldBe(expected, 0.02 * expected);
        Talk(Steps, "tcp").Deterministic.ShouldBe(Talk(Steps, "ipc").Deterministic);
        Run run = Talk(Steps, "ipc");
        run.Node["dilation"]!.ToJsonString().ShouldBe(
            """[{"virtualTimePs":400000000000,"tdf":"4"}]""");
    }

    [Fact]
    public void Example_Runs()
    {
        Run run = Run.Job(File.ReadAllText(
            Path.Combine(Paths.Root, "docs", "examples", "dilation-schedule.yaml")));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Node["dilation"]!.AsArray().Count.ShouldBe(2);
    }

    /// <returns>Milliseconds of a transfer of 1 MB over TCP.</returns>
    private static double Transfer(string tdf)
    {
        string[] said = Talk(tdf, "ipc").Files["procs/client/stdout.txt"].Split('\n')[1].Split(' ');
        said[^1].ShouldBe("right");
        return double.Parse(said[3], System.Globalization.CultureInfo.InvariantCulture) / 1e6;
    }

    private static Run Talk(string tdf, string transport)
    {
        Run run = Run.Job(File.ReadAllText(
            Path.Combine(Paths.Root, "docs", "examples", "network", "dilated-tcp.yaml"))
            .Replace(
                "artifacts/guests/dynamic/",
                Path.GetDirectoryName(Paths.Guest("talk", "dynamic")) + "/",
                StringComparison.Ordinal)
            .Replace("'2000000'", "'1000000'", StringComparison.Ordinal),
            $"time.tdf={tdf}",
            $"sync.transport={transport}");
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }

    private static Run Of(string tdf)
    {
        Run run = Run.Of(
            [.. s_allPhysical, tdf], Paths.Guest("stream"), ["20000", "30"]);
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }
}
