using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Poisson arrivals at a link that takes 1 us for each: M/D/1. The confidence interval is
/// that of means of batches (A. M. Law, Simulation Modeling and Analysis, "Batch means").</summary>
internal sealed class QueueExperiment
{
    public const double ServicePs = 1_000_000;

    private const int FrameBytes = 125;
    private const int LatencyPs = 1000;
    private const int WarmBatches = 2;
    private const int Batches = 40;

    // 40 batches leave 39 degrees of freedom: 99.9 % of Student's t.
    private const double Quantile = 3.56;

    private readonly List<double> _waits = [];
    private ulong _random;

    /// <param name="load">Of the link, above 0 and below 1.</param>
    public QueueExperiment(LawSubject subject, double load, ulong seed, int batchFrames)
    {
        _random = seed;
        INetworkModel network = Network(subject);
        Send(network, load, (Batches + WarmBatches) * batchFrames);
        double[] means =
            [.. _waits.Chunk(batchFrames).Skip(WarmBatches).Select(batch => batch.Average())];
        MeanPs = means.Average();
        double deviation =
            Math.Sqrt(means.Sum(m => (m - MeanPs) * (m - MeanPs)) / (means.Length - 1));
        IntervalPs = Quantile * deviation / Math.Sqrt(means.Length);
        ExpectedPs = ClosedForms.WaitOfMD1(load, ServicePs);
        network.Advance(VirtualTime.MaxValue, []); // What it counts, it counts up to here.
        StatisticsList list = new();
        ((IStatisticsSource)network).Collect(list);
        QueueFramesTimePs = Value(list, "queueFrameTime");
        WaitingTimePs = Value(list, "waitingTime");
    }

    /// <summary>Of the waits that arrivals show.</summary>
    public double MeanPs { get; }

    /// <summary>Half of the confidence interval of 99.9 %.</summary>
    public double IntervalPs { get; }

    public double ExpectedPs { get; }

    /// <summary>Of all frames, as arrivals show it.</summary>
    public double WaitsPs => _waits.Sum();

    /// <summary>Frames in the queue x time, as the link counts it.</summary>
    public double QueueFramesTimePs { get; }

    /// <summary>Sum of the waits, as the link counts it.</summary>
    public double WaitingTimePs { get; }

    private static INetworkModel Network(LawSubject subject) => subject.Network(
        NetworkDefaults.Network with
        {
            Topology = new PointToPointOptions(),
            Host = NetworkDefaults.Link with
            {
                BandwidthBitsPerSecond = 1_000_000_000,
                Latency = new VirtualDuration(LatencyPs),
                BufferBytes = 1UL << 40,
            },
        },
        2);

    private static double Value(StatisticsList list, string name) =>
        (double)list.Items.Single(s => s.Name == $"node0.up.{name}").Value;

    private void Send(INetworkModel network, double load, int frames)
    {
        byte[] frame = new byte[FrameBytes];
        EthernetFrame.WriteAddress(1, frame);
        Queue<ulong> sent = new(frames);
        double at = 0;
        for (int i = 0; i < frames; i++)
        {
            at += -Math.Log(1 - NextUniform()) * ServicePs / load;
            network.Send(new FrameDeparture(new VirtualTime((ulong)at), 0, frame));
            sent.Enqueue((ulong)at);
        }

        List<FrameArrival> arrivals = [];
        while (network.EarliestArrival < VirtualTime.MaxValue)
        {
            network.Advance(VirtualTime.MaxValue, arrivals);
            foreach (FrameArrival arrival in arrivals)
            {
                _waits.Add(arrival.Time.Picoseconds - sent.Dequeue() - ServicePs - LatencyPs);
            }

            arrivals.Clear();
        }
    }

    /// <summary>0 to 1, below 1 (SplitMix64: G. Steele et al., OOPSLA 2014).</summary>
    private double NextUniform()
    {
        ulong z = _random += 0x9e37_79b9_7f4a_7c15;
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
