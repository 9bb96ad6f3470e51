using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Network;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --rounds`: user CPU time of a round of grants, on one core: every busy node
/// acts once in each, the idle ones never; the best of five runs.</summary>
internal static class RoundSpeed
{
    private const int Runs = 5;
    private const int ActsPerRun = 200_000;

    public static void Run(TextWriter output)
    {
        output.WriteLine("busy  idle   rounds  ns/round  ns/node and round");
        foreach ((int busy, int idle) in ((int, int)[])
            [(2, 0), (8, 0), (16, 0), (64, 0), (2, 1000), (64, 1000)])
        {
            double best = double.MaxValue;
            ulong rounds = 0;
            for (int run = 0; run < Runs; run++)
            {
                double seconds = Measure(busy, idle, out rounds);
                best = Math.Min(best, seconds);
            }

            double round = best * 1e9 / rounds;
            output.WriteLine(
                $"{busy,4} {idle,5} {rounds,8} {round,9:F0} {round / busy,18:F0}");
        }
    }

    private static double Measure(int busy, int idle, out ulong rounds)
    {
        LogGpNetwork network = new("network", NetworkDefaults.LogGp, busy + idle);
        List<IClusterNode> nodes = [];
        for (int i = 0; i < busy + idle; i++)
        {
            nodes.Add(new Node(i, network.Lookahead, i < busy ? ActsPerRun / busy : 0));
        }

        var coordinator = new ClusterCoordinator(
            network,
            [new LocalClusterWorker(nodes)],
            new ClusterOptions
            {
                Sync = ClusterSync.Strict,
                Slack = VirtualDuration.Zero,
                LatePerMille = ClusterOptions.DefaultLatePerMille,
            });
        double begin = UserSeconds();
        coordinator.Run();
        rounds = coordinator.Statistics.Rounds;
        return UserSeconds() - begin;
    }

    private static double UserSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.UserProcessorTime.TotalSeconds;
    }

    /// <summary>Acts once in a lookahead, so that each grant lets it act once.</summary>
    private sealed class Node(int id, VirtualDuration step, int acts) : IClusterNode
    {
        private VirtualTime _next = acts > 0 ? VirtualTime.Zero : VirtualTime.MaxValue;
        private int _left = acts;

        public int Id => id;

        public IReadOnlyList<int> Ports { get; } = [id];

        public void Run(
            VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
        {
            report.Departures.Clear();
            while (_left > 0 && _next < until)
            {
                report.Now = _next;
                _next += step;
                _left--;
            }

            report.NextAct = _next;
            report.HasEnded = until == VirtualTime.MaxValue
                || (_left == 0 && _next != VirtualTime.MaxValue);
        }
    }
}
