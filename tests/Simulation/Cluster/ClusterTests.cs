using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>docs/time.md, section 9, with scripted nodes and a scripted network.</summary>
public sealed class ClusterTests
{
    private static int Seeds => Seeded.IsSoak ? 2_000 : 60;

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(300, true)]
    public void Strict_IsWhatOneQueueOfAllEventsGives(ulong ahead, bool isVague)
    {
        int acts = 0;
        for (ulong seed = Seeded.Seed; seed < Seeded.Seed + (ulong)Seeds; seed++)
        {
            int nodes = 2 + (int)(seed % 7);
            NodeScript[] oracle = ClusterRun.Scripts(nodes, seed);
            ClusterOracle.Run(oracle, seed, ahead);
            var run = new ClusterRun(nodes, seed, ahead: ahead, isVague: isVague);
            run.Run().ShouldBe(ClusterRun.Print(oracle), $"seed {seed}");
            run.Coordinator.Statistics.FramesLate.ShouldBe(0UL);
            acts += run.Nodes.Sum(n => n.Script.Trace.Count);
        }

        acts.ShouldBeGreaterThan(Seeds * 100);
    }

    [Fact]
    public void LayoutAndTheHostsSpeedDoNotShow()
    {
        for (ulong seed = Seeded.Seed; seed < Seeded.Seed + (ulong)Seeds; seed++)
        {
            ClusterOptions options = (seed % 3) switch
            {
                0 => ClusterRun.Strict,
                1 => Slack(2_500),
                _ => Slack(9_000) with { Sync = ClusterSync.Adaptive },
            };
            var alone = new ClusterRun(6, seed, options);
            string first = alone.Run();
            var random = new Random((int)seed);
            var spread = new ClusterRun(6, seed, options, layout: nodes => [.. nodes
                .GroupBy(_ => random.Next(4))
                .Select(g => new ShuffledWorker([.. g], random.Next()))]);
            spread.Run().ShouldBe(first, $"seed {seed}");
            Numbers(spread).ShouldBe(Numbers(alone), $"seed {seed}");
        }
    }

    [Fact]
    public void ThreadsDoNotShow()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            string first = new ClusterRun(5, seed, Slack(3_000)).Run();
            List<ClusterWorkerThread> threads = [];
            var run = new ClusterRun(5, seed, Slack(3_000), layout: nodes =>
            {
                threads.AddRange(nodes.Select(n => new ClusterWorkerThread(
                    new LocalClusterWorker(n), $"node {n.Id}")));
                return threads;
            });
            run.Run().ShouldBe(first, $"seed {seed}");
            threads.ForEach(t => t.Dispose());
        }
    }

    [Fact]
    public void Slack_IsNeverExceeded_AndUpToTheLookaheadChangesNothing()
    {
        UInt128 late = 0;
        for (ulong seed = Seeded.Seed; seed < Seeded.Seed + (ulong)Seeds; seed++)
        {
            var strict = new ClusterRun(6, seed);
            string first = strict.Run();
            ulong lookahead = strict.Network.Lookahead.Picoseconds;
            new ClusterRun(6, seed, Slack(lookahead)).Run().ShouldBe(first, $"seed {seed}");
            ulong slack = lookahead + 1 + (seed * 211 % 5_000);
            var run = new ClusterRun(6, seed, Slack(slack), isVague: seed % 2 == 0);
            run.Run();
            ClusterStatistics statistics = run.Coordinator.Statistics;
            statistics.LatenessMax.Picoseconds.ShouldBeLessThan(slack - lookahead);
            statistics.ExcessMax.Picoseconds.ShouldBe(slack - lookahead);
            statistics.LatenessCounts.Aggregate(0UL, (a, b) => a + b)
                .ShouldBe(statistics.FramesLate);
            statistics.LatenessPicoseconds.ShouldBeLessThanOrEqualTo(
                statistics.FramesLate * (UInt128)statistics.LatenessMax.Picoseconds);
            late += statistics.FramesLate;
        }

        late.ShouldBeGreaterThan((UInt128)Seeds);
    }

    [Fact]
    public void NoNodeActsFurtherAheadThanSlackOrLookahead()
    {
        ulong strictMax = 0, slackMax = 0;
        for (ulong seed = Seeded.Seed; seed < Seeded.Seed + (ulong)Seeds; seed++)
        {
            ulong lookahead = new ScriptedNetwork(6, seed).Lookahead.Picoseconds;
            ulong strict = Skew(seed, ClusterRun.Strict);
            strict.ShouldBeLessThan(lookahead, $"seed {seed}");
            ulong slack = lookahead + 1 + (seed * 977 % 20_000);
            ulong apart = Skew(seed, Slack(slack));
            apart.ShouldBeLessThan(slack, $"seed {seed}");
            (strictMax, slackMax) =
                (Math.Max(strictMax, strict), Math.Max(slackMax, apart * 100 / slack));
            Skew(seed, Slack(slack) with { Sync = ClusterSync.Adaptive })
                .ShouldBeLessThan(slack, $"seed {seed}");
        }

        // They do make use of it.
        strictMax.ShouldBeGreaterThan(400UL);
        slackMax.ShouldBeGreaterThan(90UL);
    }

    [Fact]
    public void Slack_SavesRounds()
    {
        var strict = new ClusterRun(8, 5);
        strict.Run();
        var slack = new ClusterRun(8, 5, Slack(50_000));
        slack.Run();
        slack.Coordinator.Statistics.Rounds
            .ShouldBeLessThan(strict.Coordinator.Statistics.Rounds / 2);
    }

    [Fact]
    public void Adaptive_KeepsToItsShareOfLateFrames()
    {
        ulong strictRounds = 0, rounds = 0, late = 0, frames = 0;
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var strict = new ClusterRun(8, seed, acts: 3_000);
            strict.Run();
            strictRounds += strict.Coordinator.Statistics.Rounds;
            var run = new ClusterRun(
                8, seed, Slack(100_000) with { Sync = ClusterSync.Adaptive, LatePerMille = 50 },
                acts: 3_000);
            run.Run();
            rounds += run.Coordinator.Statistics.Rounds;
            late += run.Coordinator.Statistics.FramesLate;
            frames += run.Coordinator.Statistics.FramesDelivered;
        }

        late.ShouldBeGreaterThan(0UL);
        (late * 1_000 / frames).ShouldBeInRange(10UL, 75UL);
        rounds.ShouldBeLessThan(strictRounds);
    }

    [Fact]
    public void AnIdleNodeTakesPartInNoRound()
    {
        var first = new SteppingNode(0, acts: 1_000, sends: 1);
        var second = new SteppingNode(1, acts: 1_000, sends: 0);
        var idle = new SteppingNode(2, acts: 0, sends: 0);
        ClusterResult result = Run(first, second, idle);
        first.RoundCount.ShouldBeGreaterThan(100);
        idle.RoundCount.ShouldBe(2, "the first round, and the last");
        result.End.ShouldBe(ClusterEnd.Deadlock);
        result.Waiting.ShouldBe([2]);
    }

    [Fact]
    public void FramesToANodeThatHasEndedVanishAndAreCounted()
    {
        var sender = new SteppingNode(0, acts: 500, sends: 1);
        var ended = new SteppingNode(1, acts: 3, sends: 0);
        var coordinator = Coordinator(sender, ended);
        ClusterResult result = coordinator.Run();
        result.End.ShouldBe(ClusterEnd.AllEnded);
        result.Time.Picoseconds.ShouldBe(499UL * SteppingNode.StepPicoseconds);
        ClusterStatistics statistics = coordinator.Statistics;
        statistics.FramesSent.ShouldBe(499UL);
        statistics.FramesVanished.ShouldBeGreaterThan(480UL);
        (statistics.FramesVanished + statistics.FramesDelivered)
            .ShouldBeInRange(480UL, statistics.FramesSent);
    }

    [Fact]
    public void ALostNodeHasEnded_AndTheOthersGoOn()
    {
        var node = new SteppingNode(0, acts: 400, sends: 1);
        var lost = new SteppingNode(1, acts: 400, sends: 0);
        var coordinator = new ClusterCoordinator(
            new ScriptedNetwork(2, 1),
            [new LocalClusterWorker(node), new LosingWorker(lost, rounds: 20)],
            ClusterRun.Strict);
        ClusterResult result = coordinator.Run();
        result.End.ShouldBe(ClusterEnd.AllEnded);
        result.Time.Picoseconds.ShouldBe(399UL * SteppingNode.StepPicoseconds);
        node.ActCount.ShouldBe(400);
        coordinator.Statistics.FramesVanished.ShouldBeGreaterThan(100UL);
    }

    [Fact]
    public void AStopEndsTheRunBeforeTheNextRound()
    {
        var node = new SteppingNode(0, acts: 1_000, sends: 0);
        ClusterCoordinator? coordinator = null;
        node.Acted = count =>
        {
            if (count == 100)
            {
                coordinator!.RequestStop();
            }
        };
        coordinator = Coordinator(node, new SteppingNode(1, acts: 1_000, sends: 0));
        coordinator.Run().End.ShouldBe(ClusterEnd.Stopped);
        node.ActCount.ShouldBeInRange(100, 130);
    }

    [Fact]
    public void AFailingNodeFailsTheRun_AlsoOnAThread()
    {
        var node = new SteppingNode(0, acts: 1_000, sends: 0)
        {
            Acted = count => Invariant.Require(count < 50),
        };
        using var thread = new ClusterWorkerThread(new LocalClusterWorker(node), "node 0");
        var coordinator = new ClusterCoordinator(
            new ScriptedNetwork(1, 1), [thread], ClusterRun.Strict);
        Should.Throw<InvariantException>(coordinator.Run).Claim.ShouldBe("count < 50");
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Should.Throw<ConfigException>(() => new ClusterCoordinator(
            new ScriptedNetwork(1, 1),
            [new LocalClusterWorker(new SteppingNode(1, 1, 0))],
            ClusterRun.Strict)).Message.ShouldContain("node 1 is at port 1");
        Should.Throw<ConfigException>(() => Slack(0).Validate()).Key.ShouldBe("sync.slack");
        Should.Throw<ConfigException>(
            () => (Slack(1) with { Sync = ClusterSync.Adaptive, LatePerMille = 0 }).Validate())
            .Key.ShouldBe("sync.late");
    }

    private static ulong Skew(ulong seed, ClusterOptions options)
    {
        SkewWorker? worker = null;
        var run = new ClusterRun(6, seed, options, layout: nodes =>
        {
            worker = new SkewWorker([.. nodes.Cast<ScriptedNode>()]);
            return [worker];
        });
        run.Run();
        return worker!.SkewMax;
    }

    private static ClusterCoordinator Coordinator(params SteppingNode[] nodes) => new(
        new ScriptedNetwork(nodes.Length, 1), [new LocalClusterWorker(nodes)], ClusterRun.Strict);

    private static ClusterResult Run(params SteppingNode[] nodes) => Coordinator(nodes).Run();

    private static ClusterOptions Slack(ulong picoseconds) => new()
    {
        Sync = ClusterSync.Slack,
        Slack = new VirtualDuration(picoseconds),
        LatePerMille = ClusterOptions.DefaultLatePerMille,
    };

    private static string Numbers(ClusterRun run)
    {
        var list = new StatisticsList();
        run.Coordinator.Statistics.Collect(list);
        return string.Join('\n', list.Items);
    }
}
