using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --network`: user CPU time of a frame in our network models, on one core,
/// every node sending to random others at a share of its link; the best of five rounds.</summary>
internal static class NetworkSpeed
{
    private const int Nodes = 64;
    private const int FrameBytes = 512;
    private const int Rounds = 5;
    private const int FramesPerRound = 400_000;
    private const double Load = 0.5;

    private static readonly (string Name, Func<INetworkModel> Make)[] s_networks =
    [
        ("star", () => Fabric(new StarOptions())),
        ("fat tree, 8 down, 8 up", () => Fabric(new FatTreeOptions { Down = 8, Up = 8 })),
        ("torus 4x4x4", () =>
            Fabric(new TorusOptions { Shape = [4, 4, 4], HostsPerRouter = 1 })),
        ("torus 10x10x10", () =>
            Fabric(new TorusOptions { Shape = [10, 10, 10], HostsPerRouter = 1 }, 1000)),
        ("dragonfly, p 2, a 4, h 2", () => Fabric(NetworkDefaults.Dragonfly)),
        ("LogGP", () => new LogGpNetwork("network", NetworkDefaults.LogGp, Nodes)),
    ];

    public static void Run(TextWriter output)
    {
        output.WriteLine("network                   ns/frame  links  ns/link  M frames/s");
        foreach ((string name, Func<INetworkModel> make) in s_networks)
        {
            double best = double.MaxValue;
            double links = 0;
            for (int round = 0; round < Rounds; round++)
            {
                (double seconds, links) = Measure(make());
                best = Math.Min(best, seconds);
            }

            output.WriteLine($"{name,-25} {best * 1e9,8:F0} {links,6:F2} "
                + $"{best * 1e9 / Math.Max(links, 1),8:F0} {1e-6 / best,11:F2}");
        }
    }

    private static FabricNetwork Fabric(TopologyOptions topology, int nodes = Nodes) =>
        new("network", NetworkDefaults.Network with { Topology = topology }, nodes);

    // As a coordinator does it: all that departs within the lookahead and before any arrival, then
    // as far.
    private static (double Seconds, double Links) Measure(INetworkModel network)
    {
        FrameDeparture[] traffic = Traffic(network.PortCount);
        List<FrameArrival> arrivals = [];
        VirtualTime horizon = default;
        int sent = 0;
        double begin = UserSeconds();
        while (sent < traffic.Length || network.EarliestArrival < VirtualTime.MaxValue)
        {
            horizon += network.Lookahead;
            VirtualTime reached = default;
            while (reached < horizon)
            {
                while (sent < traffic.Length
                    && traffic[sent].Time < VirtualTime.Min(horizon, network.EarliestArrival))
                {
                    network.Send(traffic[sent++]);
                }

                VirtualTime next =
                    sent < traffic.Length && traffic[sent].Time < horizon
                        ? traffic[sent].Time : horizon;
                reached = network.Advance(next, arrivals);
            }

            arrivals.Clear();
        }

        double seconds = (UserSeconds() - begin) / traffic.Length;
        return (seconds, Links((IStatisticsSource)network) / traffic.Length);
    }

    private static FrameDeparture[] Traffic(int nodes)
    {
        Random random = new(1);
        double each = FrameBytes * 8e12 / NetworkDefaults.Link.BandwidthBitsPerSecond / Load;
        double[] free = new double[nodes];
        return [.. Enumerable.Range(0, FramesPerRound).Select(i =>
        {
            int from = i % nodes;
            int to = (from + random.Next(1, nodes)) % nodes;
            byte[] frame = new byte[FrameBytes];
            EthernetFrame.WriteAddress(to, frame);
            EthernetFrame.WriteAddress(from, frame.AsSpan(6));
            free[from] += each * 2 * random.NextDouble();
            return new FrameDeparture(new VirtualTime((ulong)free[from]), from, frame);
        }).OrderBy(d => d.Time).ThenBy(d => d.Port)];
    }

    private static double Links(IStatisticsSource network)
    {
        StatisticsList list = new();
        network.Collect(list);
        return list.Items.Where(s => s.Name.EndsWith(".frames", StringComparison.Ordinal))
            .Sum(s => (double)s.Value);
    }

    private static double UserSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.UserProcessorTime.TotalSeconds;
    }
}
