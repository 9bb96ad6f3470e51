using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Law 5, the algebra of dilation (D. Gupta et al., NSDI 2006 and, DieCast, NSDI 2008), for
/// a network and for a program that waits for its memory.</summary>
internal static class DilationLaw
{
    private const double Share = 0.02;
    private const double LinkBitsPerSecond = 10_000_000;
    private const int Pings = 50;
    private const string Physical = "cores.rates=physical";
    private const string PhysicalMemory = "memory.dram.rates=physical";

    public static IEnumerable<LawCheck> Measure(LawBench bench) =>
        Network(bench).Concat(Memory(bench));

    private static IEnumerable<LawCheck> Network(LawBench bench)
    {
        bench.Tell("law 5: TCP and pings over a dilated network");
        string[] factors = bench.IsQuick ? ["1", "10"] : ["1/2", "1", "2", "5", "10"];
        foreach (string factor in factors)
        {
            double tdf = ValueOf(factor);
            LawRun run = Transfer(bench, "10Mbps", "100us", "10us", $"time.tdf={factor}");
            yield return LawCheck.Near(
                $"rate of TCP over 10 Mbps at TDF {factor}", "Mbps", TcpFlows.Rate(run, "sink") / 1e6,
                tdf * ClosedForms.LinkGoodput(LinkBitsPerSecond) / 1e6, Share);
        }

        foreach (string factor in factors)
        {
            // Two links' latency, and the frame of 100 B on 10 Mbps.
            double expected = 2 * (1_000_000 + (100 * 8e9 / LinkBitsPerSecond)) / ValueOf(factor);
            yield return LawCheck.Near(
                $"round trip over links of 1 ms at TDF {factor}", "ns",
                RoundTrip(bench, factor), expected, Share);
        }

        LawRun plain = Transfer(bench, "10Mbps", "100us", "10us");
        yield return Difference(
            "results that TDF 1 changes, TCP", plain,
            Transfer(bench, "10Mbps", "100us", "10us", "time.tdf=1"));
        yield return Difference(
            "results that differ: TCP, physical / 10, TDF 10", plain,
            Transfer(bench, "1Mbps", "1ms", "100us", "time.tdf=10"));
    }

    private static IEnumerable<LawCheck> Memory(LawBench bench)
    {
        bench.Tell("law 5: a chase through dilated memory");
        LawRun one = Chase(bench, Physical, PhysicalMemory);
        foreach (string factor in (string[])["1/2", "2.5", "10"])
        {
            LawRun run = Chase(bench, Physical, PhysicalMemory, $"time.tdf={factor}");
            yield return LawCheck.Near(
                $"a memory-bound program at TDF {factor}", "us",
                run.TimePs / 1e6, one.TimePs / 1e6 / ValueOf(factor), Share);
        }

        LawRun plain = Chase(bench);
        yield return LawCheck.Exact(
            "the same on half of a processor at TDF 2", "ps",
            Chase(bench, Physical, "cores.share=1/2", "time.tdf=2").TimePs, plain.TimePs);
        yield return Difference(
            "results that TDF 1 changes, memory-bound", plain,
            Chase(bench, Physical, PhysicalMemory, "time.tdf=1"));
        yield return Difference(
            "results that differ: memory, physical / 10, TDF 10", plain,
            Chase(
                bench, Physical, PhysicalMemory, "time.tdf=10", "cores.frequency=200MHz",
                "memory.dram.latency=800ns", "memory.dram.bandwidth=2.56GB/s"));
    }

    private static LawCheck Difference(string what, LawRun run, LawRun other) => LawCheck.Exact(
        what, $"of {run.Bytes.Count}", run.Bytes.Zip(other.Bytes).Count(pair => pair.First != pair.Second), 0);

    private static LawRun Transfer(
        LawBench bench, string bandwidth, string latency, string forwarding, params string[] changes) =>
        bench.Run(
            TcpFlows.Nodes(flows: 1, windowBytes: 0, fromMs: 500, toMs: bench.IsQuick ? 1500 : 3500),
            $$$"""
            network:
              kind: star
              rates: physical
              link: {bandwidth: {{{bandwidth}}}, latency: {{{latency}}}}
              switch: {latency: {{{forwarding}}}}
            kernel: ideal
            events: {level: off}
            """,
            changes);

    private static double RoundTrip(LawBench bench, string factor)
    {
        LawRun run = bench.Run(
            [
                new LawNode("answer", LawGuests.Answer(Pings + LawGuests.WarmPings, 0, 0)),
                new LawNode("ask", LawGuests.Ask(
                    [100 - ClosedForms.UdpHeaderBytes], Pings, [], 0)),
            ],
            """
            network: {kind: point-to-point, rates: physical, link: {bandwidth: 10Mbps, latency: 1ms}}
            kernel: ideal
            events: {level: off}
            """,
            $"time.tdf={factor}");
        return (double)run.Numbers("ask")[0] / Pings;
    }

    private static LawRun Chase(LawBench bench, params string[] changes) => bench.Run(
        [new LawNode("chase", LawGuests.Chase(2 << 20, 100_000))],
        "kernel: ideal", ["memory.caches.l3=none", .. changes]);

    private static double ValueOf(string factor)
    {
        string[] parts = factor.Split('/');
        double first = double.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
        return parts.Length == 1
            ? first
            : first / double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
