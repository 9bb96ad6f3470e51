using Shouldly;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>Windows of natively running guests, timed by SST.</summary>
public sealed class SstKvmWindowTests
{
    private static string Config => Path.Combine(Paths.Root, "tests", "Integration", "Sst", "far.py");

    [SstKvmFact]
    public void ADevice_GivesItsSumAfterItsLatencyAndThatOfTheLinks()
    {
        string job = File.ReadAllText(SstJob.Example("device.yaml"))
            .Replace("docs/examples/sst/device.py", SstJob.Example("device.py"),
                StringComparison.Ordinal)
            .Replace("    cores:", "    engine: kvm\n    cores:", StringComparison.Ordinal)
            .Replace("{level: filtered}", "{level: window}", StringComparison.Ordinal)
            .Replace("{path: ./scratch}", $"{{path: {Paths.Guest("window")}, args: [scratch, sum]}}",
                StringComparison.Ordinal);
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("sum 1234\naccesses before 3\n");
        run.Statistic("window.scratch.latencyMax").ShouldBe(201_000);
        run.Statistic("vcpu0.cycles.stall").ShouldBe(4 * 201);
    }

    /// <summary>SST's memory has a clock of 1 ns, and so an access takes up to that much longer for where
    /// in it it comes: that is what the engines may differ by.</summary>
    [SstKvmFact]
    public void FarMemory_TakesWhatItTakesInTheTranslator_WithinAClockOfIts()
    {
        const int Accesses = 100;
        const decimal ClockPs = 1_000;
        Run translated = Run.Job(Job("translator", $"load, '{Accesses}'"));
        Run run = Run.Job(Job("kvm", $"load, '{Accesses}'"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        decimal Mean(Run of) => of.Statistic("window.far.latency");
        run.Statistic("window.far.loads").ShouldBe(translated.Statistic("window.far.loads"));
        Mean(translated).ShouldBeInRange(60_000, 70_000);
        Math.Abs(Mean(run) - Mean(translated)).ShouldBeLessThanOrEqualTo(ClockPs);
        decimal stall = run.Statistic("vcpu0.cycles.stall");
        (stall - (translated.Statistic("vcpu0.cycles.stall") / 2))
            .ShouldBeInRange(-2 * (Accesses + 1), 2 * (Accesses + 1));
    }

    private static string Job(string engine, string arguments) => $$"""
        apiVersion: dilaton/v1
        nodes:
          - engine: {{engine}}
            cores: {count: 1, frequency: 2GHz}
            memory:
              size: 1GiB
              windows: [{name: far, size: 4KiB, peer: board, kind: memory}]
            guest:
              program: {path: {{Paths.Guest("window")}}, args: [far, {{arguments}}]}
        events: {level: window}
        peers:
          - {name: board, kind: sst, config: {{Config}}}
        """;
}
