namespace Dilaton.Cli;

/// <summary>Law 7: queues and TCP.</summary>
internal static class QueueLaw
{
    private const double Share = 0.05;

    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        bench.Tell("law 7: Poisson traffic at a link");
        foreach ((double load, ulong seed) in ((double, ulong)[])
            [(0.2, 21), (0.5, 22), (0.8, 23), (0.9, 24)])
        {
            QueueExperiment queue = new(bench.Subject, load, seed, bench.IsQuick ? 4_000 : 10_000);
            yield return LawCheck.Within(
                FormattableString.Invariant($"mean wait of M/D/1 at load {load}"), "ps",
                queue.MeanPs, queue.ExpectedPs, queue.IntervalPs);
            yield return LawCheck.Within(
                "frames in that queue x time (Little)", "ps",
                queue.QueueFramesTimePs, queue.WaitsPs, 1);
        }

        foreach (LawCheck check in Throughput(bench).Append(Lossy(bench)).Concat(Fair(bench)))
        {
            yield return check;
        }
    }

    private static IEnumerable<LawCheck> Throughput(LawBench bench)
    {
        const double LinkBits = 100_000_000;
        const double Latency = 0.005;
        bench.Tell("law 7: TCP with a window, and with a link in its way");
        foreach (int window in (int[])[32 << 10, 64 << 10, 0])
        {
            LawRun run = bench.Run(
                TcpFlows.Nodes(flows: 1, window, fromMs: 1000, toMs: 3000),
                """
                network: {kind: point-to-point, link: {bandwidth: 100Mbps, latency: 5ms}}
                kernel: ideal
                events: {level: off}
                """);
            double roundTrip =
                (2 * Latency) + ((ClosedForms.FrameBytes + 60) * 8 / LinkBits);
            double expected = window == 0
                ? ClosedForms.LinkGoodput(LinkBits)
                : Math.Min(ClosedForms.LinkGoodput(LinkBits), 8 * window / roundTrip);
            yield return LawCheck.Near(
                window == 0 ? "TCP's rate, limited by 100 Mbps"
                    : $"TCP's rate, limited by {window >> 10} KiB over 10 ms",
                "Mbps", TcpFlows.Rate(run, "sink") / 1e6, expected / 1e6, Share);
            yield return Little(run);
        }
    }

    private static LawCheck Lossy(LawBench bench)
    {
        bench.Tell("law 7: TCP under loss by chance");
        LawRun run = bench.Run(
            TcpFlows.Nodes(flows: 1, 0, fromMs: 2000, toMs: bench.IsQuick ? 62_000 : 152_000),
            """
            network: {kind: point-to-point, link: {bandwidth: 1Gbps, latency: 5ms, loss: 1/300}}
            kernel: ideal
            events: {level: off}
            """);
        double loss = (double)(run.Statistic("network.node1.up.lost")
            / run.Statistic("network.node1.up.frames"));
        const double RoundTrip = 0.010 + ((ClosedForms.FrameBytes + 60) * 8 / 1e9);
        return LawCheck.Near(
            "TCP's rate under loss of 1/300 (Mathis)", "Mbps",
            TcpFlows.Rate(run, "sink") / 1e6,
            ClosedForms.MathisRate(loss, RoundTrip) / 1e6, Share);
    }

    /// <summary>Links of one rate put all frames onto one grid of times, where two that come at once
    /// are taken in the order of their ports: a full queue then always drops the same flow's (S.
    /// Floyd, V. Jacobson, "Traffic phase effects in packet-switched gateways", CCR 21(2), 1991).
    /// Interfaces of another rate and a little traffic by chance take the grid away.</summary>
    private static IEnumerable<LawCheck> Fair(LawBench bench)
    {
        const double LinkBits = 50_000_000;
        const ulong FirstSink = 0x0a00_0001;
        int untilMs = bench.IsQuick ? 65_000 : 125_000;
        bench.Tell("law 7: two flows through one link");
        IReadOnlyList<LawNode> flows = TcpFlows.Nodes(flows: 2, 0, fromMs: 5000, untilMs);
        byte[] chatter = LawGuests.Chatter((uint)FirstSink, (ulong)untilMs * 1_000_000);
        LawRun run = bench.Run(
            [
                .. flows.Take(2), new LawNode("idle", LawGuests.Count(1)),
                .. flows.Skip(2).Select(node => node with { Keys = "nic: {bandwidth: 43Mbps}" }),
                new LawNode("chatter", chatter),
            ],
            """
            network: {kind: ring, hostsPerRouter: 3, link: {bandwidth: 50Mbps, latency: 2ms, buffer: 90kB}}
            kernel: ideal
            events: {level: off}
            """,
            "memory.size=64MiB");
        double first = TcpFlows.Rate(run, "sink0"), second = TcpFlows.Rate(run, "sink1");
        yield return LawCheck.Near(
            "one of two flows through 50 Mbps, of both", "Mbps",
            first / 1e6, (first + second) / 2e6, Share);
        double chatted = (double)run.Statistic("network.node5.up.bytes") * 8e3 / untilMs;
        yield return LawCheck.Near(
            "the two flows and what else went through it", "Mbps",
            ((first + second) * ClosedForms.FrameBytes / ClosedForms.SegmentBytes / 1e6)
                + (chatted / 1e6),
            LinkBits / 1e6, Share);
        yield return Little(run);
    }

    private static LawCheck Little(LawRun run)
    {
        (int wrong, int all) = run.Queues();
        return LawCheck.Exact(
            "links whose queue x time is not the sum of waits", $"of {all}", wrong, 0);
    }
}
