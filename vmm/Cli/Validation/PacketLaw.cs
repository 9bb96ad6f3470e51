using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Law 4: packets over links of the model, to the picosecond, and what a program finds of
/// LogGP (A. Alexandrov et al., SPAA 1995).</summary>
internal static class PacketLaw
{
    private const int Routers = 8;
    private const double Share = 0.01;
    private const double LatencyNs = 50_000;
    private const double OverheadNs = 5_000;
    private const double GapNs = 20_000;
    private const double ByteNs = 8;
    private const double ReceiveNs = 3_000 + 1_200;
    private const int Rounds = 20;
    private const int FloodFrames = 50;

    private static readonly int[] s_frames = [100, 450, 800, 1150, 1500];
    private static readonly int[] s_floods = [100, 1500];

    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        bench.Tell("law 4: packets over links of the network model");
        LinkOptions link = NetworkDefaults.Link with
        {
            BandwidthBitsPerSecond = 1_234_567_891,
            Latency = new VirtualDuration(7_654_321),
        };
        NetworkOptions options = NetworkDefaults.Network with
        {
            Topology = new TorusOptions { Shape = [Routers], HostsPerRouter = 1 },
            Host = link,
            Fabric = link,
        };
        foreach (int hops in (int[])[1, 2, 4])
        {
            const int Bytes = 1000;
            ulong links = (ulong)hops + 2;
            ulong expected = (links
                    * (ClosedForms.TransferPs(Bytes, link.BandwidthBitsPerSecond)
                        + link.Latency.Picoseconds))
                + ((links - 1) * options.ForwardingLatency.Picoseconds);

            yield return LawCheck.Exact(
                $"{Bytes} bytes over {links} links", "ps",
                Arrival(bench, options, hops, Bytes), expected);
        }

        LawRun run = LogGp(bench);
        foreach (LawCheck check in Fit(run))
        {
            yield return check;
        }
    }

    private static ulong Arrival(LawBench bench, NetworkOptions options, int to, int bytes)
    {
        INetworkModel ring = bench.Subject.Network(options, Routers);
        byte[] frame = new byte[bytes];
        EthernetFrame.WriteAddress(to, frame);
        ring.Send(new FrameDeparture(VirtualTime.Zero, 0, frame));
        List<FrameArrival> arrivals = [];
        while (arrivals.Count == 0)
        {
            ring.Advance(VirtualTime.MaxValue, arrivals);
        }

        return arrivals[0].Time.Picoseconds;
    }

    private static LawRun LogGp(LawBench bench)
    {
        bench.Tell("law 4: two nodes play ping-pong and flood each other");
        int answers = s_frames.Length * (Rounds + LawGuests.WarmPings);
        return bench.Run(
            [
                new LawNode("answer", LawGuests.Answer(answers, s_floods.Length, FloodFrames)),
                new LawNode("ask", LawGuests.Ask(
                    [.. s_frames.Select(f => f - ClosedForms.UdpHeaderBytes)], Rounds,
                    [.. s_floods.Select(f => f - ClosedForms.UdpHeaderBytes)], FloodFrames)),
            ],
            """
            network: {kind: loggp, gap: 20us, link: {bandwidth: 1Gbps, latency: 50us}}
            kernel: {base: {network: 5us, packet: 3us, contextSwitch: 1.2us}, copyRate: 1000GB/s}
            events: {level: off}
            """);
    }

    private static IEnumerable<LawCheck> Fit(LawRun run)
    {
        ulong[] asked = run.Numbers("ask"), answered = run.Numbers("answer");
        (double PerByte, double Intercept) line = ClosedForms.Line(
            [.. s_frames.Select((f, i) => (f - 1.0, asked[i] / 2.0 / Rounds))]);

        // RTT(m) = 2 (o_s + L + (m - 1) G + o_r), o_r being packet and contextSwitch.
        yield return LawCheck.Near("G of a ping-pong", "ns/B", line.PerByte, ByteNs, Share);
        yield return LawCheck.Near(
            "L of a ping-pong", "ns", line.Intercept - OverheadNs - ReceiveNs, LatencyNs, Share);
        yield return LawCheck.Near(
            "o of a flood's sender", "ns",
            (double)asked[s_frames.Length] / FloodFrames, OverheadNs, Share);
        for (int i = 0; i < s_floods.Length; i++)
        {
            double interval = (double)answered[i] / (FloodFrames - 1);
            yield return LawCheck.Near(
                $"g of a flood of {s_floods[i]} B", "ns",
                interval - ((s_floods[i] - 1) * line.PerByte), GapNs, Share);
        }
    }
}
