using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Simulation;

/// <summary>docs/time.md, section 9.3, on a small model, for every order in which workers run, every
/// way in which the network tells of what is on its way, and every mix of fast and slow: no frame
/// comes too early or into a node's past, someone can always get on, and it all comes to what one
/// queue of all events comes to.</summary>
public sealed class GrantProtocol(ITestOutputHelper output)
{
    private const int RunsMax = 2_000_000;

    private static readonly string[] s_programs = ["csr", "rs", "srb", "rrs", "cbr", "scc"];

    [Fact]
    public void TwoNodesAndANetwork() => ExploreAll(2, [[0], [1]], every: 1);

    [Fact]
    public void TwoNodesOnOneWorker() => ExploreAll(2, [[0, 1]], every: 1);

    [Fact]
    public void ThreeNodesOnTwoWorkersWithALinkWithin() =>
        ExploreAll(3, [[0, 1], [2]], every: Seeded.IsSoak ? 1 : 9);

    [Fact]
    public void ThreeNodesAndANetwork() =>
        ExploreAll(3, [[0], [1], [2]], every: Seeded.IsSoak ? 2 : 108);

    private void ExploreAll(int nodes, int[][] layout, int every)
    {
        long runs = 0;
        int deadlocks = 0;
        int combinations = (int)Math.Pow(s_programs.Length, nodes);
        for (int i = (int)(Seeded.Seed % (ulong)every); i < combinations; i += every)
        {
            int rest = i;
            string[] programs = new string[nodes];
            for (int n = 0; n < nodes; n++, rest /= s_programs.Length)
            {
                programs[n] = s_programs[rest % s_programs.Length];
            }

            runs += Explore(programs, layout, ref deadlocks);
        }

        output.WriteLine($"{runs} runs, {deadlocks} came to a deadlock of the nodes");
        deadlocks.ShouldBeInRange(1, (int)Math.Min(runs - 1, int.MaxValue));
    }

    private static int Explore(string[] programs, int[][] layout, ref int deadlocks)
    {
        Choices choices = new();
        int runs = 0;
        do
        {
            deadlocks += Run(programs, layout, choices) == ClusterEnd.Deadlock ? 1 : 0;
        }
        while (++runs < RunsMax && choices.Advance());
        runs.ShouldBeLessThan(RunsMax, string.Join(' ', programs));
        return runs;
    }

    private static ClusterEnd Run(string[] programs, int[][] layout, Choices choices)
    {
        // What the nodes do is chosen first, so that it is the same in whatever order they do it.
        ulong pace = (ulong)choices.Next(2) * 2;
        ulong[] latencies = [.. programs.Select(_ => ExploredNetwork.LatencyMin
            + ((ulong)choices.Next(2) * 3))];
        ExploredNode[] Nodes() => [.. programs.Select((p, i) => new ExploredNode(
            i, p, programs.Length, [.. p.Select((_, at) => 1 + (pace * (ulong)((i + at) % 2)))]))];
        ulong Latency(byte from, byte number) => latencies[from] + number;

        ExploredNode[] oracle = Nodes();
        RunOracle(oracle, Latency);
        ExploredNode[] nodes = Nodes();
        var workers = new ExploredWorkers(
            choices, layout.Select(ids => (IReadOnlyList<IClusterNode>)[.. ids.Select(id => nodes[id])]));
        var coordinator = new ClusterCoordinator(
            new ExploredNetwork(programs.Length, choices, Latency), workers.All,
            ClusterRun.Strict);
        ClusterResult result;
        try
        {
            result = coordinator.Run();
        }
        catch (InvariantException e)
        {
            throw new GrantRuleException(
                $"{e.Message}: programs {string.Join(' ', programs)}, choices {choices}");
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            if (!nodes[i].Trace.SequenceEqual(oracle[i].Trace)
                || result.Waiting.Contains(i) != oracle[i].IsWaiting)
            {
                throw new GrantRuleException(
                    $"node {i}: {string.Join(", ", nodes[i].Trace)} for "
                    + $"{string.Join(", ", oracle[i].Trace)}: programs "
                    + $"{string.Join(' ', programs)}, choices {choices}");
            }
        }

        return result.End;
    }

    /// <summary>One event after the other.</summary>
    private static void RunOracle(ExploredNode[] nodes, Func<byte, byte, ulong> latency)
    {
        List<(ulong At, ulong Sent, int From, int To)> flying = [];
        var report = new NodeReport(0);
        while (true)
        {
            ulong act = nodes.Min(n => n.NextAct);
            ulong arrival = flying.Count == 0 ? ulong.MaxValue : flying.Min(f => f.At);
            if (act == ulong.MaxValue && arrival == ulong.MaxValue)
            {
                return;
            }

            if (arrival <= act)
            {
                (ulong At, ulong Sent, int From, int To) next = flying.Min();
                flying.Remove(next);
                if (!nodes[next.To].HasEnded)
                {
                    nodes[next.To].Arrive(next.At);
                }

                continue;
            }

            nodes.First(n => n.NextAct == act).Run(new VirtualTime(act + 1), [], report);
            foreach (FrameDeparture frame in report.Departures)
            {
                byte[] bytes = frame.Frame.ToArray();
                flying.Add((
                    frame.Time.Picoseconds + latency(bytes[1], bytes[2]),
                    frame.Time.Picoseconds, bytes[1], bytes[0]));
            }
        }
    }
}
