using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws;

/// <summary>Law 7: Poisson arrivals at a link wait as M/D/1 says, and Little's law holds.</summary>
public sealed class Law7Queue
{
    private const double ServicePs = 1_000_000;
    private const int Batches = 40;
    private const int BatchFrames = 10_000;

    // 40 batches leave 39 degrees of freedom: 99.9 % of Student's t.
    private const double Quantile = 3.56;

    /// <summary>Mean wait = rho x service / (2 (1 - rho)), within the confidence interval of the
    /// means of batches (A. M. Law, Simulation Modeling and Analysis, "Batch means").</summary>
    [Theory]
    [InlineData(0.2, 21)]
    [InlineData(0.5, 22)]
    [InlineData(0.8, 23)]
    [InlineData(0.9, 24)]
    public void PoissonTraffic_WaitsAsMD1Says(double load, int seed)
    {
        List<double> waits = Waits(load, seed, out FabricNetwork network);
        double[] means =
            [.. waits.Chunk(BatchFrames).Skip(2).Select(batch => batch.Average())];
        double mean = means.Average();
        double deviation = Math.Sqrt(means.Sum(m => (m - mean) * (m - mean)) / (means.Length - 1));
        double expected = load * ServicePs / (2 * (1 - load));
        mean.ShouldBe(expected, Quantile * deviation / Math.Sqrt(means.Length), $"seed {seed}");

        // A confidence interval that is wide would show nothing.
        (Quantile * deviation / Math.Sqrt(means.Length)).ShouldBeLessThan(expected * 0.1);
        LittlesLawHolds(network, waits);
    }

    // Frames in the queue x time, counted by the queue, are the waits that arrivals show.
    private static void LittlesLawHolds(FabricNetwork network, List<double> waits)
    {
        network.Advance(VirtualTime.MaxValue, []);
        StatisticsList list = new();
        network.Collect(list);
        double Value(string name) =>
            (double)list.Items.Single(s => s.Name == $"node0.up.{name}").Value;
        Value("queueFrameTime").ShouldBe(waits.Sum(), 1);
        Value("waitingTime").ShouldBe(waits.Sum(), 1);
    }

    private static List<double> Waits(double load, int seed, out FabricNetwork network)
    {
        // 125 B at 1 Gbps: 1 us each.
        LinkOptions link = NetworkDefaults.Link with
        {
            BandwidthBitsPerSecond = 1_000_000_000,
            Latency = new VirtualDuration(1000),
            BufferBytes = 1UL << 40,
        };
        network = new("network", NetworkDefaults.Network with
        {
            Topology = new PointToPointOptions(),
            Host = link,
        }, 2);
        byte[] frame = new byte[125];
        EthernetFrame.WriteAddress(1, frame);
        Random random = new(seed);
        double at = 0;
        Queue<ulong> sent = new();
        List<double> waits = [];
        List<FrameArrival> arrivals = [];
        for (int i = 0; i < (Batches + 2) * BatchFrames; i++)
        {
            at += -Math.Log(1 - random.NextDouble()) * ServicePs / load;
            network.Send(new FrameDeparture(new VirtualTime((ulong)at), 0, frame));
            sent.Enqueue((ulong)at);
        }

        while (network.EarliestArrival < VirtualTime.MaxValue)
        {
            network.Advance(VirtualTime.MaxValue, arrivals);
            foreach (FrameArrival arrival in arrivals)
            {
                waits.Add(arrival.Time.Picoseconds - sent.Dequeue() - ServicePs - 1000);
            }

            arrivals.Clear();
        }

        return waits;
    }
}
