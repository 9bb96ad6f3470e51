using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>The inlined filter leaves out only what changes nothing.</summary>
public sealed class FilterTests
{
    public static TheoryData<string> Rest
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string program in Programs.All.Except(["hello", "quicksort", "strings"]))
            {
                data.Add(program);
            }

            return data;
        }
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("quicksort")]
    [InlineData("strings")]
    public void Filtered_EqualsFull_ToThePicosecond(string program) => Compare(program);

    [Theory]
    [MemberData(nameof(Rest))]
    [Trait("Tier", "slow")]
    public void Filtered_EqualsFull_ForEveryProgram(string program) => Compare(program);

    /// <summary>Not with inclusive levels, which take lines out of L1 in the middle of a slice: there the hits on
    /// lines that were gone are counted, at most, and L1's misses differ by no more.</summary>
    [Fact]
    public void UnderInclusiveLevels_FilteredDiffersFromFull_ByItsStaleHitsAtMost()
    {
        Run full = With("full"), filtered = With("filtered");
        full.ExitCode.ShouldBe(0, full.Error);
        filtered.Output.ShouldBe(full.Output);
        filtered.Instructions.ShouldBe(full.Instructions);
        filtered.VirtualTimePs.ShouldNotBe(full.VirtualTimePs);
        decimal off = Math.Abs(MissesOf(full, "l1d") - MissesOf(filtered, "l1d"))
            + Math.Abs(MissesOf(full, "l1i") - MissesOf(filtered, "l1i"));
        off.ShouldBeGreaterThan(0);
        off.ShouldBeLessThanOrEqualTo(filtered.Statistic("vcpu0.coherence.staleHits"));
        filtered.Statistic("vcpu0.coherence.staleHits").ShouldBeLessThan(filtered.Instructions);

        static decimal MissesOf(Run run, string cache) => run.Statistic($"vcpu0.{cache}.overallMisses");
        static Run With(string level) => Run.Of(
            [
                "--cores", "1", "--events", level, "memory.caches.inclusion=inclusive",
                "memory.caches.l2.size=32KiB", "memory.caches.l3.size=64KiB",
            ],
            Paths.Guest("quicksort", "dynamic"), ["100000"]);
    }

    /// <summary>A program that ends long runs of loads with system calls, which wait for lines on their way.</summary>
    [Theory]
    [InlineData("l1d", "next-line")]
    [InlineData("l1d", "stride")]
    [InlineData("l1d", "stream")]
    [InlineData("l2", "next-line")]
    [InlineData("l2", "stride")]
    [InlineData("l2", "stream")]
    public void BehindAPrefetcher_TheProgramEnds_AndFilteredEqualsFull(string level, string kind) =>
        Compare("hello", [$"memory.caches.{level}.prefetcher={kind}"]);

    private static void Compare(string program) => Compare(program, []);

    private static void Compare(string program, string[] options)
    {
        Run full = With("full"), filtered = With("filtered");
        full.ExitCode.ShouldBe(0, full.Error);
        filtered.Output.ShouldBe(full.Output);
        filtered.VirtualTimePs.ShouldBe(full.VirtualTimePs);
        filtered.Instructions.ShouldBe(full.Instructions);

        Run With(string level) => Run.Of(
            ["--cores", "1", "--events", level, .. options], Paths.Guest(program, "dynamic"), Small(program));
    }

    private static string[] Small(string program) => program switch
    {
        "clock" => ["5"],
        "stream" => ["20000", "3"],
        "openmp" => ["3000"],
        "threads" => ["4", "20"],
        _ => [],
    };
}
