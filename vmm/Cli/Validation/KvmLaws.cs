using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>The laws of measured time (docs/time.md, 12): what programs under KVM see of sleeps, clocks
/// and a physical network. How long guest code runs is the host's affair, and enters no bound here.
/// </summary>
internal static class KvmLaws
{
    private const ulong SleepNs = 1_000_000_000;
    private const double ClockShare = 0.005;
    private const double NetworkShare = 0.02;
    private const double LinkBitsPerSecond = 10_000_000;
    private const int LinkLatencyNs = 20_000_000;
    private const int Pings = 10;
    private const int PingBytes = 100;
    private const int TransferFromMs = 200;
    private const int TransferToMs = 1_200;
    private const string Node = "engine: kvm";
    private const string Ideal = "kernel: ideal";

    public static IReadOnlyList<Law> All { get; } =
    [
        new(5, "dilation", "sleeps and clocks are the ledger's; rate x TDF, delay / TDF",
            "D. Gupta et al., NSDI 2006", MeasureDilation)
        {
            ClosedForm = "sleep(1 s) = 1 s; rate = TDF x physical; delay = physical / TDF",
            Allowance = "0.5 % of a sleep, 2 % of rates and delays: the way in and out of the guest, which "
                + "measured time counts",
        },
        new(8, "the ledger", "V = (executed + kernel + waiting) / TDF; nothing comes late; no clock goes back",
            "docs/time.md, 12", MeasureLedger)
        {
            ClosedForm = "V = (executed + kernel + waiting) / TDF on every vCPU",
            Allowance = "none: the ledger counts in whole ticks",
        },
    ];

    private static (string Text, Ratio Tdf)[] Factors(LawBench bench) => bench.IsQuick
        ? [("1", Ratio.One), ("10", new Ratio(10, 1))]
        :
        [
            ("1/2", new Ratio(1, 2)), ("1", Ratio.One), ("3/2", new Ratio(3, 2)), ("7", new Ratio(7, 1)),
            ("10", new Ratio(10, 1)), ("100", new Ratio(100, 1)),
        ];

    private static IEnumerable<LawCheck> MeasureDilation(LawBench bench)
    {
        if (Missing() is { } missing)
        {
            return [missing];
        }

        return Clocks(bench).Concat(Transfers(bench)).Concat(RoundTrips(bench));
    }

    private static IEnumerable<LawCheck> Clocks(LawBench bench)
    {
        bench.Tell("law 5: a program that works, sleeps and looks at its clock, under KVM");
        foreach ((string text, Ratio _) in Factors(bench))
        {
            LawRun run = Pace(bench, text);
            ulong[] said = run.Numbers("pace");
            yield return LawCheck.Near(
                $"a sleep of 1 s at TDF {text}", "ns", said[1], SleepNs, ClockShare);
            yield return LawCheck.Near(
                $"the guest's clock at its end, TDF {text}", "ns", said[2], run.TimePs / 1e3, ClockShare);
        }
    }

    private static IEnumerable<LawCheck> Transfers(LawBench bench)
    {
        bench.Tell("law 5: TCP between two nodes under KVM");
        foreach ((string text, Ratio tdf) in Factors(bench))
        {
            LawRun run = Transfer(bench, text, tdf);
            double factor = (double)tdf.Numerator / tdf.Denominator;
            yield return LawCheck.Near(
                $"rate of TCP over 10 Mbps at TDF {text}", "Mbps", TcpFlows.Rate(run, "sink") / 1e6,
                factor * ClosedForms.LinkGoodput(LinkBitsPerSecond) / 1e6, NetworkShare);
        }
    }

    private static IEnumerable<LawCheck> RoundTrips(LawBench bench)
    {
        bench.Tell("law 5: pings between two nodes under KVM");
        foreach ((string text, Ratio tdf) in Factors(bench))
        {
            LawRun run = bench.Run(
                [
                    new LawNode("answer", LawGuests.Answer(Pings + LawGuests.WarmPings, 0, 0), Node),
                    new LawNode(
                        "ask", LawGuests.Ask([PingBytes - ClosedForms.UdpHeaderBytes], Pings, [], 0), Node),
                ],
                $$$"""
                network:
                  kind: point-to-point
                  rates: physical
                  link: {bandwidth: 10Mbps, latency: {{{LinkLatencyNs}}}ns}
                {{{Ideal}}}
                """,
                $"time.tdf={text}");
            double expected = 2 * (LinkLatencyNs + (PingBytes * 8e9 / LinkBitsPerSecond))
                * tdf.Denominator / tdf.Numerator;
            yield return LawCheck.Near(
                $"round trip over a link of 20 ms at TDF {text}", "ns",
                (double)run.Numbers("ask")[0] / Pings, expected, NetworkShare);
        }
    }

    private static IEnumerable<LawCheck> MeasureLedger(LawBench bench)
    {
        if (Missing() is { } missing)
        {
            yield return missing;
            yield break;
        }

        bench.Tell("law 8: the parts of measured time");
        foreach ((string text, Ratio tdf) in Factors(bench))
        {
            LawRun run = Pace(bench, text);
            yield return LawCheck.Exact(
                $"V of (executed + kernel + waiting) / {text}", "ps", run.TimePs, (double)Ledger(run, tdf));
        }

        LawRun transfer = Transfer(bench, "10", new Ratio(10, 1));
        (int wrong, int all) = transfer.Sums();
        yield return LawCheck.Exact("vCPUs whose time is not the sum of its parts", $"of {all}", wrong, 0);
        yield return LawCheck.Exact(
            "frames that came after their time", "frames",
            (double)transfer.Statistic("network.sync.frames.late"), 0);
        yield return Watch(bench);
    }

    /// <summary>A guest that sees time go back ends with an error, which the bench throws.</summary>
    private static LawCheck Watch(LawBench bench)
    {
        const int Reads = 2_000;
        const int Changes = 20;
        string steps = string.Join(", ", Enumerable.Range(0, Changes + 1).Select(
            i => $"{{from: {i * 200}us, factor: {(i % 2 == 0 ? "1" : "10")}}}"));
        LawRun run = bench.Run(
            [new LawNode("watch", LawGuests.Watch(Reads), Node)], $"{Ideal}\ntime: {{tdf: [{steps}]}}");
        return LawCheck.Exact(
            $"changes of the TDF in {Reads} looks that never went back", "changes",
            (double)run.Statistic("watch.dilation.changes"), Changes);
    }

    private static LawCheck? Missing() => KvmTrial.Report.CanRunPrograms
        ? null
        : LawCheck.Skip(
            "programs under KVM", $"KVM can't run programs here: {KvmTrial.Report.Reason}", lacksTool: true);

    private static LawRun Pace(LawBench bench, string tdf)
    {
        const ulong Rounds = 2_000_000;
        return bench.Run(
            [new LawNode("pace", LawGuests.Pace(Rounds, SleepNs), Node)], Ideal, $"time.tdf={tdf}");
    }

    /// <summary>Over as many bytes whatever the factor is.</summary>
    private static LawRun Transfer(LawBench bench, string text, Ratio tdf)
    {
        int Milliseconds(int physical) => (int)((ulong)physical * tdf.Denominator / tdf.Numerator);
        return bench.Run(
            [.. TcpFlows.Nodes(
                flows: 1, windowBytes: 0, Milliseconds(TransferFromMs), Milliseconds(TransferToMs))
                .Select(node => node with { Keys = Node })],
            $$"""
            network:
              kind: star
              rates: physical
              link: {bandwidth: 10Mbps, latency: 100us}
              switch: {latency: 10us}
            {{Ideal}}
            """,
            $"time.tdf={text}");
    }

    /// <returns>Picoseconds, rounded down once: a cycle of measured time is 1 ns / TDF.</returns>
    private static BigInteger Ledger(LawRun run, Ratio tdf)
    {
        decimal cycles = run.Statistic("pace.vcpu0.cycles.executed")
            + run.Statistic("pace.vcpu0.cycles.kernel") + run.Statistic("pace.vcpu0.cycles.waiting");
        return new BigInteger(cycles) * 1_000 * tdf.Denominator / tdf.Numerator;
    }
}
