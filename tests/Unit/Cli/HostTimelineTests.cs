using Dilaton.Cli;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class HostTimelineTests
{
    [Fact]
    public void Rows_AreDifferencesOfWhatWasCounted()
    {
        RunRecord run = RunRecord.Of(CliFixture.Good(CliFixture.Minimal), [1]);
        run.HostTimeline.Add(0.5, 0, [new HostProgress(1_000_000_000, 2_000_000, 0, 0, false)]);
        run.HostTimeline.Add(1.5, 0, [new HostProgress(3_000_000_000, 5_000_000, 0, 0.25, true)]);
        run.HostTimeline.Add(2, 0, [new HostProgress(3_000_000_000, 5_000_000, 0, 0.25, true)]);

        run.HostTimeline.Csv(run).ShouldBe(HostTimeline.Header
            + "500,node0,1000000000,2000000,500,4,0,,0\n"
            + "1500,node0,3000000000,5000000,500,3,0,,0.25\n");
    }

    [Fact]
    public void Samples_AreBoundedAndLoseNothing()
    {
        RunRecord run = RunRecord.Of(CliFixture.Good(CliFixture.Minimal), [1]);
        double seconds = 0;
        ulong most = 0;
        for (int i = 1; i <= 100_000; i++)
        {
            seconds += 0.05;
            if (run.HostTimeline.IsDue(seconds))
            {
                most = (ulong)i;
                run.HostTimeline.Add(seconds, 0, [new HostProgress(most, most, 0, 0, false)]);
            }
        }

        run.HostTimeline.Count.ShouldBeInRange(128, 256);
        string[] rows = run.HostTimeline.Csv(run).TrimEnd('\n').Split('\n');
        rows[^1].Split(',')[2].ShouldBe($"{most}");
        // All as long, but for the first ones of an interval that was doubled since.
        double[] ends = [.. rows.Skip(1).Select(row => double.Parse(row.Split(',')[0]))];
        ends.Zip(ends.Skip(1)).Max(p => p.Second - p.First).ShouldBeLessThan(5_000_000 / 100);
    }

    [Fact]
    public void APeer_IsNamedWithTheShareOfTimeItWasWaitedFor()
    {
        Job job = CliFixture.Good(CliFixture.Minimal);
        NodeJob node = job.Nodes[0] with { Memory = job.Nodes[0].Memory with { Peer = "sst0" } };
        RunRecord run = RunRecord.Of(job with { Nodes = [node] }, [1]);
        run.HostTimeline.Add(2, 0, [new HostProgress(0, 0, 0.5, 0, false)]);

        run.HostTimeline.Csv(run).ShouldBe(HostTimeline.Header + "2000,node0,0,0,,0,0.25,sst0,0\n");
    }

    [Theory]
    [InlineData(1, 512)]
    [InlineData(16, 512)]
    [InlineData(17, 512)]
    [InlineData(64, 128)]
    [InlineData(1000, 16)]
    public void Timeline_OfManyNodes_HasFewerRowsEach(int nodes, int rows) =>
        JobMapping.TimelineSamples(nodes).ShouldBe(rows);

    [Fact]
    public void Timeline_IsWrittenByNode()
    {
        RunRecord run = RunRecord.Of(CliFixture.Good(CliFixture.Minimal), [1]);
        run.Nodes[0].Timeline = [new TimelineSample(0, 9, 1, 2, 3, 3, 4, 5, 6, 7)];

        TimelineWriter.Csv(run).ShouldBe(TimelineWriter.Header + "node0,0,9,1,2,3,3,4,5,6,7\n");
    }
}
