using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>gem5's own statistics at the guest's marks.</summary>
public sealed class Gem5RegionTests
{
    /// <summary>region.c: two regions with a dump inside of each, then m5_exit.</summary>
    private static readonly string[] s_marks = ["2000", "2", "1"];

    [Gem5Fact]
    public void WorkMarksAndDumps_GiveBlocksOfTheSameTimesAsOurs()
    {
        Run run = Launch("statistics");
        Gem5Statistics[] blocks = [.. Gem5Statistics.Of(run).Blocks];
        blocks.Select(b => b.WrittenFor).ShouldBe(
            ["dump 1, in work 0", "work 0", "dump 2, in work 1", "work 1", "the end"]);
        Gem5Statistics[] ours = [.. Gem5Statistics.Ours(run).Blocks];
        ours.Length.ShouldBe(blocks.Length);
        foreach (string time in new[] { "simTicks", "finalTick" })
        {
            blocks.Select(b => b.Sum(time, ""))
                .ShouldBe(ours.Select(b => b.Sum("node0." + time, "")), time);
        }

        blocks[^1].Sum("finalTick", "").ShouldBe(run.VirtualTimePs);

        // 2000 numbers are 125 lines; they were written just before, so L1 has them.
        foreach (int region in new[] { 1, 3 })
        {
            blocks[region].Sent.ShouldBeInRange(2000UL, 2300UL);
            blocks[region].Hits("l1d").ShouldBeGreaterThan(1800UL);
        }
    }

    [Gem5Fact]
    public void AnExitMark_EndsAllWithTheStatisticsOfBoth()
    {
        Run run = Launch("ignore");
        run.Output.ShouldBeEmpty();
        Gem5Statistics[] blocks = [.. Gem5Statistics.Of(run).Blocks];
        blocks.Select(b => b.WrittenFor)
            .ShouldBe(["dump 1, in work 0", "dump 2, in work 1", "the end"]);
        blocks[^1].Sent.ShouldBeGreaterThan(blocks[0].Sent + 4000);
        blocks[^1].Sum("finalTick", "").ShouldBe(run.VirtualTimePs);
    }

    private static Run Launch(string marks)
    {
        Run run = Run.Job(
            Gem5Job.Text(
                Gem5Job.Example("caches.py"), "cut: none", 1, Paths.Guest("region"),
                string.Join(", ", s_marks))
            + $"\nevents: {{level: full, regionMarks: {marks}}}");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Node["end"]!.GetValue<string>().ShouldBe("exit-mark");
        return run;
    }
}
