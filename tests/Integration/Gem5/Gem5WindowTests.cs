using Shouldly;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>Far memory that gem5 times, access by access.</summary>
public sealed class Gem5WindowTests
{
    private const int Accesses = 100;

    /// <summary>A bus and a memory of 30 ns, past no cache.</summary>
    [Gem5Fact]
    public void FarMemory_TakesWhatGem5Says()
    {
        Run run = Run.Job(Job("translator", "memory"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        run.Statistic("window.far.loads").ShouldBe(Accesses + 1);
        run.Statistic("window.far.latency").ShouldBeInRange(30_000, 60_000);
        Run again = Run.Job(Job("translator", "memory"));
        again.Deterministic.ShouldBe(run.Deterministic);
    }

    /// <summary>gem5's clock is 0.5 ns: that is what an access's time may differ by, for where in it the
    /// access comes.</summary>
    [Gem5KvmFact]
    public void UnderKvm_FarMemoryTakesWhatItTakesInTheTranslator_WithinAClockOfGem5s()
    {
        Run translated = Run.Job(Job("translator", "memory"));
        Run run = Run.Job(Job("kvm", "memory"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        run.Statistic("window.far.loads").ShouldBe(Accesses + 1);
        decimal difference = run.Statistic("window.far.latency") - translated.Statistic("window.far.latency");
        Math.Abs(difference).ShouldBeLessThanOrEqualTo(500);
    }

    [Gem5Fact]
    public void ADevice_IsRefused_ForGem5KeepsNoData()
    {
        Run run = Run.Job(Job("translator", "device"));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("gem5's memory keeps no data: give it kind: memory");
    }

    private static string Job(string engine, string kind) => $$"""
        apiVersion: dilaton/v1
        nodes:
          - engine: {{engine}}
            cores: {count: 1, frequency: 2GHz}
            memory:
              size: 512MiB
              windows: [{name: far, size: 4KiB, peer: board, kind: {{kind}}}]
            guest:
              program: {path: {{Paths.Guest("window")}}, args: [far, load, '{{Accesses}}']}
        events: {level: window}
        peers:
          - {name: board, kind: gem5, config: {{Gem5Job.Config("parts.py")}}, args: [bus, simple]}
        """;
}
