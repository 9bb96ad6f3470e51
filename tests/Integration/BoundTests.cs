using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>The end of a run names what bounds it, and programs whose bound is known are bound by that.
/// </summary>
public sealed class BoundTests
{
    private static readonly string[] s_machine =
    [
        "memory.caches.l2.size=128KiB", "memory.caches.l3=none", "events.level=full",
        "events.regionMarks=statistics",
    ];

    [Theory]
    [InlineData("interval", "triad", "40000", "1", "2GB/s", "memory bandwidth")]
    [InlineData("interval", "stencil", "200", "1", "2GB/s", "memory bandwidth")]
    [InlineData("interval", "chase", "20000", "4000", "25.6GB/s", "memory latency")]
    [InlineData("interval", "list", "20000", "4000", "25.6GB/s", "memory latency")]
    [InlineData("interval", "graph", "60000", "8000", "25.6GB/s", "memory latency")]
    [InlineData("interval", "graph", "60000", "8000", "2GB/s", "memory bandwidth")]
    [InlineData("interval", "matrix", "60", "1", "25.6GB/s", "compute")]
    [InlineData("inorder", "triad", "40000", "1", "300MB/s", "memory bandwidth")]
    [InlineData("inorder", "stencil", "200", "1", "300MB/s", "memory bandwidth")]
    [InlineData("inorder", "chase", "20000", "4000", "25.6GB/s", "memory latency")]
    [InlineData("inorder", "list", "20000", "4000", "25.6GB/s", "memory latency")]
    [InlineData("inorder", "graph", "60000", "8000", "25.6GB/s", "memory latency")]
    [InlineData("inorder", "matrix", "60", "1", "25.6GB/s", "compute")]
    public void TheBoundOfAKnownProgram_IsNamed(
        string kind, string kernel, string size, string rounds, string bandwidth, string bound) =>
        SummaryOf([$"cores.model.kind={kind}", $"memory.dram.bandwidth={bandwidth}"], kernel, size, rounds)
            .ShouldContain($"# {bound}");

    [Fact]
    public void IndependentMisses_OverlapInAnOutOfOrderCore_AndAChainOfThemDoesNot()
    {
        Ratio("graph", "60000", "8000").ShouldBeInRange(6m, 13m);
        Ratio("chase", "20000", "4000").ShouldBeInRange(0.98m, 1.05m);
        Ratio("list", "20000", "4000").ShouldBeInRange(0.98m, 1.05m);
    }

    [Theory]
    [InlineData("inorder", "gshare")]
    [InlineData("interval", "gshare")]
    [InlineData("interval", "tage")]
    public void SortingRandomNumbers_CostsMispredictions_AndSortedOnesFewer(string kind, string predictor)
    {
        (decimal Wrong, decimal Stall) Of(string kernel)
        {
            Run run = Run.Of(
                [
                    .. s_machine, $"cores.model.kind={kind}", "cores.model.cpi=1/4",
                    $"cores.model.branchPredictor={predictor}",
                ],
                Paths.Guest("bounds"),
                [kernel, "4000", "1"]);
            run.ExitCode.ShouldBe(0, run.Error);
            run.AddsUp(1);
            run.Statistic("vcpu0.branches").ShouldBeGreaterThan(50_000);
            return (run.Statistic("vcpu0.branchMispredictions"), run.Statistic("vcpu0.cycles.stall.branch"));
        }

        // All numbers fit into L1, so that what a branch looks at is there: the penalty is all.
        (decimal wrong, decimal stall) = Of("sort");
        stall.ShouldBe(15 * wrong);
        wrong.ShouldBeInRange(20_000, 40_000);
        Of("sorted").Wrong.ShouldBeLessThan(wrong / 5);
    }

    [Fact]
    public void SortingRandomNumbers_IsBoundByBranches_AndSortedOnesAreNot()
    {
        string[] options = ["cores.model.kind=interval", "cores.model.branchPredictor=tage"];
        SummaryOf(options, "sort", "4000", "1").ShouldContain("# mispredicted branches");
        SummaryOf(options, "sorted", "4000", "1").ShouldContain("# compute");
    }

    /// <summary>Stall of the kernel in order, by that out of order.</summary>
    private static decimal Ratio(string kernel, string size, string rounds)
    {
        decimal Stall(string kind)
        {
            Run run = Run.Of(
                [.. s_machine, $"cores.model.kind={kind}", "cores.model.cpi=1/4"], Paths.Guest("bounds"),
                [kernel, size, rounds]);
            run.ExitCode.ShouldBe(0, run.Error);
            run.AddsUp(1);
            return run.Statistic("vcpu0.cycles.stall.memory");
        }

        return Stall("inorder") / Stall("interval");
    }

    private static string SummaryOf(string[] options, string kernel, string size, string rounds)
    {
        using var folder = new TempFolder();
        CommandResult run = Command.Run(
            Paths.Dilaton,
            [
                "run", "-o", folder.File("results"), .. s_machine, .. options, "--", Paths.Guest("bounds"), kernel,
                size, rounds,
            ],
            new CommandSettings { Folder = folder.Path });
        run.ExitCode.ShouldBe(0, run.Error);
        return run.Error.Split('\n').Single(line => line.Contains("limited by", StringComparison.Ordinal));
    }
}
