using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Virtual time, seen from outside.</summary>
public sealed class TimeTests
{
    [Theory]
    [InlineData(1, 6)]
    [InlineData(1000, 2004)]
    [InlineData(1000003, 2000010)]
    public void FreestandingLoop_ExecutesExactlyItsInstructions(int rounds, ulong instructions)
    {
        Run run = Run.Of(
            ["--events", "off"], Paths.Guest($"count-{rounds}", "freestanding"), []);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Instructions.ShouldBe(instructions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100000)]
    public void StraightCode_ExecutesExactlyItsInstructions(int rounds)
    {
        Run run = Run.Of(
            ["--events", "off"], Paths.Guest($"straight-{rounds}", "freestanding"), []);
        run.Instructions.ShouldBe((ulong)rounds + 3);
    }

    [Theory]
    [InlineData("1", "1GHz", 2000010_000)]
    [InlineData("1/2", "2GHz", 2000010_000 / 4)]
    [InlineData("5/2", "1GHz", 2000010_000L * 5 / 2)]
    public void Time_IsInstructionsTimesCpiOverFrequency(
        string cpi, string frequency, long picoseconds)
    {
        Run run = Run.Of(
            [
                "--events", "off", "kernel=ideal", $"cores.model.cpi={cpi}",
                $"cores.frequency={frequency}",
            ],
            Paths.Guest("count-1000003", "freestanding"), []);
        run.Error.ShouldBe("");
        run.VirtualTimePs.ShouldBe((ulong)picoseconds);
    }

    [Fact]
    public void Sleep_TakesVirtualTimeAndNoHostTime()
    {
        Run run = Run.Of(Paths.Guest("clock"), "3600000");
        run.Output.ShouldNotContain("NO", Case.Sensitive);
        run.VirtualTimePs.ShouldBeGreaterThan(3_600_000_000_000_000UL);
        run.VirtualTimePs.ShouldBeLessThan(3_601_000_000_000_000UL);
    }

    [Theory]
    [InlineData("hello", 1)]
    [InlineData("threads", 4)]
    [InlineData("clock", 2)]
    public void Time_IsExecutedPlusStallPlusKernelPlusWaiting(string program, int cores)
    {
        Run run = Run.Of(["--cores", $"{cores}"], Paths.Guest(program), []);
        run.AddsUp(cores);
    }

    [Fact]
    public void Regions_AreSeenAndChangeNoOutput()
    {
        string program = Paths.Guest("region");
        Run run = Run.Of(["events.regionMarks=switch"], program, ["1000", "3"]);
        run.Output.ShouldBe(Run.Native(program, ["1000", "3"]).Output, run.Error);
        Run all = Run.Of([], program, ["1000", "3"]);
        // Outside the regions nothing is simulated, so less is stalled.
        run.Statistic("vcpu0.cycles.stall").ShouldBeGreaterThan(0);
        run.Statistic("vcpu0.cycles.stall")
            .ShouldBeLessThan(all.Statistic("vcpu0.cycles.stall") / 2);
    }
}
