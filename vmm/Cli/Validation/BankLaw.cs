using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Law 3 of a memory with banks: lone reads at clock edges, its controller taken away.
/// </summary>
internal static class BankLaw
{
    private const int Refreshes = 1_000;

    public static IEnumerable<LawCheck> Measure(LawBench bench, DramPreset preset)
    {
        BankedDramOptions options = preset.Options with
        {
            Controller = VirtualDuration.Zero,
            BankHash = false,
        };
        DramTimings t = options.Timings;
        int burst = options.BurstLength / 2;
        ulong otherRow = (ulong)options.RowSizeBytes
            * (ulong)(options.Channels * options.Ranks * options.BanksPerRank);
        BankedDram dram = bench.Subject.BankedMemory(options);

        // Far enough apart that each finds the memory idle, and before the first refresh; at edges that
        // are whole picoseconds, which every twelfth one is.
        int apart = 24 * ((t.Rc / 12) + 1);
        yield return Read("miss", apart, 0, t.Rcd + t.Cl + burst);
        yield return Read("hit", 2 * apart, 0, t.Cl + burst);
        yield return Read("conflict", 3 * apart, otherRow, t.Rp + t.Rcd + t.Cl + burst);
        yield return Read("miss as a refresh begins", t.Refi, 0, t.Rfc + t.Rcd + t.Cl + burst);
        yield return Refresh(bench, preset.Name, options);

        LawCheck Read(string what, int clocks, ulong line, int expected) => LawCheck.Exact(
            $"{preset.Name}: a row {what}", "ps", Latency(dram, ClocksPs(options, clocks), line),
            ClocksPs(options, expected));
    }

    private static LawCheck Refresh(LawBench bench, string name, BankedDramOptions options)
    {
        BankedDram dram = bench.Subject.BankedMemory(options);
        ulong time = ClocksPs(options, Refreshes * options.Timings.Refi);
        dram.AdvanceTo(new VirtualTime(time));
        StatisticsList list = new();
        dram.Collect(list);
        Statistic busy = list.Items.Single(s => s.Name == "refreshTime");
        double measured = (double)busy.Value / (double)busy.Divisor
            / (double)(time * (ulong)(options.Channels * options.Ranks));
        return LawCheck.Near(
            $"{name}: refresh's share of {Refreshes} intervals", "%", 100 * measured,
            100.0 * options.Timings.Rfc / options.Timings.Refi, 1e-9);
    }

    private static ulong Latency(BankedDram dram, ulong at, ulong line)
    {
        VirtualDuration[] latency = new VirtualDuration[1];
        dram.Weave(
            [new MemoryRequest(new VirtualTime(at), new VcpuId(0), 0, line, MemoryEventKind.Load)],
            latency);
        return latency[0].Picoseconds;
    }

    /// <summary>So many clocks, rounded up to 1 ps.</summary>
    private static ulong ClocksPs(BankedDramOptions options, int clocks) =>
        (ulong)((((UInt128)clocks * 1_000_000_000_000) + options.ClockHertz - 1)
            / options.ClockHertz);
}
