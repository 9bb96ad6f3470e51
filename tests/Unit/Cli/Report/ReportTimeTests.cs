using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class ReportTimeTests : IDisposable
{
    private readonly ReportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Quantiles_AreWithinASixteenth()
    {
        LatencyHistogram histogram = new();
        for (ulong i = 1; i <= 10_000; i++)
        {
            histogram.Add(i * i);
        }

        LatencyDistribution latencies = Read(histogram);

        latencies.Samples.ShouldBe(10_000);
        (latencies.Min, latencies.Max).ShouldBe((1, 1e8));
        foreach (double share in new[] { 0.1, 0.5, 0.9, 0.99, 1 })
        {
            double exact = share * share * 1e8;
            latencies.Quantile(share).ShouldBe(exact, exact / 16);
        }
    }

    [Fact]
    public void Curve_HasFewPoints_AndKeepsItsShape()
    {
        LatencyHistogram histogram = new();
        for (ulong i = 1; i <= 100_000; i++)
        {
            histogram.Add(i * i);
        }

        LatencyDistribution latencies = Read(histogram);
        IReadOnlyList<(double Latency, double Share)> all = latencies.Curve(int.MaxValue);
        IReadOnlyList<(double Latency, double Share)> few = latencies.Curve(64);

        all.Count.ShouldBeGreaterThan(400);
        few.Count.ShouldBeLessThanOrEqualTo(64);
        few[0].ShouldBe((1, 0));
        few[^1].ShouldBe((1e10, 1));
        few.Zip(few.Skip(1)).ShouldAllBe(p =>
            p.Second.Latency >= p.First.Latency && p.Second.Share >= p.First.Share && p.Second.Share - p.First.Share < 0.06);
        all.ShouldContain(few[10]);
    }

    [Fact]
    public void OneLatency_IsAStep()
    {
        LatencyHistogram histogram = new();
        histogram.Add(80_000);

        Read(histogram).Curve(64).ShouldBe([(80_000, 0), (80_000, 1)]);
    }

    [Fact]
    public void Phases_AreToldInWords()
    {
        TimelineRow[] rows =
        [
            .. Rows(0, 10, 0.1, 0.9), .. Rows(10, 1, 0.9, 0.1), .. Rows(11, 14, 0.2, 0.8), .. Rows(25, 15, 1, 0),
        ];

        // The single piece in between is too short to matter.
        TimePhases.Words(rows).ShouldBe(
            "Over time: on n the largest part is until 25 ns stall (81.2 %), then executed (100.0 %) to the end.");
        TimePhases.Words([.. Rows(0, 5, 1, 0)]).ShouldBe(
            "Over time: on n the largest part is executed (100.0 %) from beginning to end.");
        TimePhases.Pieces(rows).Count.ShouldBe(10);
        TimePhases.Pieces(rows).Sum(p => p.Executed).ShouldBe(rows.Sum(r => r.Executed));
    }

    [Fact]
    public void HostTrack_TellsWhoWaitedForWhom()
    {
        HostTrack track = HostTrack.Of(
        [
            new HostTimelineRow(100, "a", 1e9, 0, "", 0.5), new HostTimelineRow(100, "b", 2e9, 0.25, "sst0", 0.1),
            new HostTimelineRow(300, "a", 1e9, 0, "", 0.8), new HostTimelineRow(300, "b", 4e9, 0, "sst0", 0.1),
            new HostTimelineRow(400, "b", 5e9, 0, "sst0", 0),
        ]);

        track.Samples.Select(s => (s.EndMs, s.EndPs)).ShouldBe([(100, 1e9), (300, 1e9), (400, 5e9)]);
        track.Samples[0].Slowdown.ShouldBe(100);
        track.Samples[1].Slowdown.ShouldBe(double.NaN, "virtual time of the slowest stood");
        track.Waits.Select(w => (w.Text, Math.Round(w.Share, 4))).ShouldBe(
            [("all others wait for a", 0.525), ("all others wait for b", 0.075), ("b waits for sst0", 0.0625)]);
        HostTrack.Of([]).Waits.ShouldBeEmpty();
    }

    [Fact]
    public void Page_HasTimelineAndLatencies_WithTheirTables()
    {
        string folder = _folder.Dilation().Folder;
        string page = ReportFolder.Page(folder);
        string text = MarkdownWriter.Write(ReportFolder.Model(folder));

        page.ShouldContain("<section id=timeline>");
        page.ShouldContain("Of point 000000000000, the first that ended well.");
        page.ShouldContain("<figure class=chart id=cdf-0>");
        page.ShouldContain("<td>memory requests<td>tdf=32<td class=n>40<td class=n>65.54 ns");
        page.ShouldContain("Who waited for whom, of the host time: node0 waits for sst0 for 30.0 %.");
        text.ShouldContain("## Timeline of node0\n\n| from | to | executed |");
        text.ShouldContain("| 1.800 µs | 2 µs | 75.0 % | 25.0 % |");
        text.ShouldContain("| memory requests | tdf=1 | 40 | 65.54 ns |");
    }

    [Fact]
    public void Run_HasACurveForEachNode_AndNoMetricForEachBin()
    {
        string sweep = _folder.Dilation().Folder;
        ReportModel model = ReportFolder.Model(Path.Combine(sweep, "runs", "000000000000"));

        model.Curves.Select(c => (c.Kind, c.Label)).ShouldBe([(LatencyKind.MemoryRequests, "node0")]);
        model.Data.Metrics.ShouldContain(m => m.Name == "node0.weave.latency::mean");
        model.Data.Metrics.ShouldNotContain(m => m.Name.Contains("::6", StringComparison.Ordinal));
        model.Timeline.Count.ShouldBe(1);
        model.Host.Samples.Count.ShouldBe(2);
    }

    [Fact]
    public void DamagedTimeline_IsNamedByLine()
    {
        string run = Path.Combine(_folder.Dilation().Folder, "runs", "000000000000");
        File.AppendAllText(Path.Combine(run, "timeline.csv"), "node0,7,x,0,0,0,0,0,0,0,0\nnode0,1\n");
        File.WriteAllText(Path.Combine(run, "host-timeline.csv"), "a,b\n1,2\n");

        ReportData data = ReportFolder.Load(run);

        data.Example.Timeline.Count.ShouldBe(20);
        data.Problems.Select(p => p.ToString()).ShouldBe(
        [
            "000000000000/timeline.csv:22: no piece of a timeline: left out",
            "000000000000/timeline.csv:23: 2 fields where the first line has 11: left out",
            "000000000000/host-timeline.csv:1: not the columns of this version: not shown",
        ], ignoreOrder: false);
    }

    private static IEnumerable<TimelineRow> Rows(int from, int count, double executed, double stall) =>
        Enumerable.Range(from, count).Select(i => new TimelineRow(
            "n", i * 1000, (i + 1) * 1000, 1000 * executed, 1000 * stall, 0, 0, 1, 0, 0, 0));

    private static LatencyDistribution Read(LatencyHistogram histogram)
    {
        StatisticsList list = new();
        histogram.Collect(list, "n.weave.latency", "requests");
        return LatencyDistribution.Of([.. list.Items.Select(s => new RunStatistic(
            s.Name, (double)s.Value / (double)s.Divisor, s.Unit, s.Description))]).Single().Distribution;
    }
}
