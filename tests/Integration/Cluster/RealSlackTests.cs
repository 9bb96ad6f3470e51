using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>docs/time.md 9.5 for real guests: what slack costs in accuracy has a bound.</summary>
public sealed class RealSlackTests
{
    private const int Words = 2000;

    /// <summary>Messages that follow one another in a result: those of the all-reduce, and those
    /// that carry the time of its beginning from node to node.</summary>
    private const int Messages = AllReduceJob.Steps + AllReduceJob.Nodes - 1;

    private static readonly string s_job = AllReduceJob.Text(AllReduceJob.Ring, Words, 20);
    private static readonly Lazy<Run> s_strict = new(() => Run.Job(s_job));

    [Fact]
    public void SlackUpToTheLookahead_ChangesNothing() => AllReduceJob.Bytes(Slack(1))
        .ShouldBe(AllReduceJob.Bytes(s_strict.Value));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    public void ErrorsAreWithinMessagesTimesSlackBeyondTheLookahead(ulong times)
    {
        Run run = Slack(times);
        decimal excess = AllReduceJob.LookaheadPs * (times - 1);
        run.Statistic("network.sync.lateness.bound").ShouldBe(excess);
        run.Statistic("network.sync.lateness.max").ShouldBeLessThanOrEqualTo(excess);
        run.Statistic("network.sync.frames.late").ShouldBeGreaterThan(0);
        double allowed = Messages * (double)excess / 1e3;
        double[] strict = AllReduceJob.Times(s_strict.Value);
        double[] apart = AllReduceJob.Times(run);
        for (int i = 0; i < strict.Length; i++)
        {
            Math.Abs(apart[i] - strict[i]).ShouldBeLessThanOrEqualTo(allowed);
        }
    }

    private static Run Slack(ulong times) => Run.Job(
        s_job, $"sync={{mode: slack, slack: {AllReduceJob.LookaheadPs * times}ps}}");
}
