using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Law 3 of a memory with banks: lone reads at clock edges, its controller taken away.
/// </summary>
internal static class BankLaw
{
    private const int Refreshes = 1_000;
    private const int WritesWaiting = 32;
    private const int WritesLeft = 8;

    public static IEnumerable<LawCheck> Measure(LawBench bench, DramPreset preset)
    {
        BankedDramOptions options = preset.Options with
        {
            Controller = VirtualDuration.Zero,
            BankHash = false,
        };
        DramTimings t = options.Timings;
        int burst = options.BurstLength / 2;
        BankedDram dram = bench.Subject.BankedMemory(options);

        // Far enough apart that each finds the memory idle, and before the first refresh; at edges that
        // are whole picoseconds, which every twelfth one is.
        int apart = 24 * ((t.Rc / 12) + 1);
        yield return Read("miss", apart, 0, t.Rcd + t.Cl + burst);
        yield return Read("hit", 2 * apart, 0, t.Cl + burst);
        yield return Read("conflict", 3 * apart, OtherRow(options), t.Rp + t.Rcd + t.Cl + burst);
        yield return Overtaking(bench, preset.Name, options);
        yield return Writes(bench, preset.Name, options);
        yield return Read("miss as a refresh begins", t.Refi, 0, t.Rfc + t.Rcd + t.Cl + burst);
        yield return Refresh(bench, preset.Name, options);

        LawCheck Read(string what, int clocks, ulong line, int expected) => LawCheck.Exact(
            $"{preset.Name}: a row {what}", "ps", Latency(dram, ClocksPs(options, clocks), line),
            ClocksPs(options, expected));
    }

    /// <summary>First ready, first come: a hit does not wait for an older read whose row is not open. The
    /// clock in which that read's precharge is sent is taken, save where rows have wires of their own.</summary>
    private static LawCheck Overtaking(LawBench bench, string name, BankedDramOptions options)
    {
        DramTimings t = options.Timings;
        int apart = 24 * ((t.Rc / 12) + 1);
        ulong otherBank = (ulong)options.RowSizeBytes * (ulong)options.Channels;
        BankedDram dram = bench.Subject.BankedMemory(options);
        Latency(dram, ClocksPs(options, apart), 0);
        Latency(dram, ClocksPs(options, 2 * apart), otherBank);
        Latency(dram, ClocksPs(options, 3 * apart), OtherRow(options));
        return LawCheck.Exact(
            $"{name}: a row hit behind an older conflict", "ps",
            Latency(dram, ClocksPs(options, 3 * apart), otherBank),
            ClocksPs(options, t.Cl + (options.BurstLength / 2) + (options.HasRowBus ? 0 : 1)));
    }

    /// <summary>Lines of two rows of a bank in turn: at the high mark those of the row that is open go first,
    /// so that each row is opened once.</summary>
    private static LawCheck Writes(LawBench bench, string name, BankedDramOptions options)
    {
        BankedDram dram = bench.Subject.BankedMemory(
            options with { WriteHigh = WritesWaiting, WriteLow = WritesLeft });
        ulong nextInRow = (ulong)(options.LineSizeBytes * options.Channels);
        for (int i = 0; i < WritesWaiting; i++)
        {
            ulong line = ((ulong)(i % 2) * OtherRow(options)) + ((ulong)(i / 2) * nextInRow);
            Ask(dram, ClocksPs(options, 24), line, MemoryEventKind.Writeback);
        }

        return LawCheck.Exact(
            $"{name}: {WritesWaiting - WritesLeft} of {WritesWaiting} writes, to two rows in turn, open", "rows",
            (ulong)Figure(dram, "activates").Value, 2);
    }

    private static LawCheck Refresh(LawBench bench, string name, BankedDramOptions options)
    {
        BankedDram dram = bench.Subject.BankedMemory(options);
        ulong time = ClocksPs(options, Refreshes * options.Timings.Refi);
        dram.AdvanceTo(new VirtualTime(time));
        Statistic busy = Figure(dram, "refreshTime");
        double measured = (double)busy.Value / (double)busy.Divisor
            / (double)(time * (ulong)(options.Channels * options.Ranks));
        return LawCheck.Near(
            $"{name}: refresh's share of {Refreshes} intervals", "%", 100 * measured,
            100.0 * options.Timings.Rfc / options.Timings.Refi, 1e-9);
    }

    private static ulong Latency(BankedDram dram, ulong at, ulong line) =>
        Ask(dram, at, line, MemoryEventKind.Load);

    private static ulong Ask(BankedDram dram, ulong at, ulong line, MemoryEventKind kind)
    {
        VirtualDuration[] latency = new VirtualDuration[1];
        dram.Weave([new MemoryRequest(new VirtualTime(at), new VcpuId(0), 0, line, kind)], latency);
        return latency[0].Picoseconds;
    }

    private static Statistic Figure(BankedDram dram, string name)
    {
        StatisticsList list = new();
        dram.Collect(list);
        return list.Items.Single(s => s.Name == name);
    }

    /// <summary>From a line to its like in another row of its bank.</summary>
    private static ulong OtherRow(BankedDramOptions options) => (ulong)options.RowSizeBytes
        * (ulong)(options.Channels * options.Ranks * options.BanksPerRank);

    /// <summary>So many clocks, rounded up to 1 ps.</summary>
    private static ulong ClocksPs(BankedDramOptions options, int clocks) =>
        (ulong)((((UInt128)clocks * 1_000_000_000_000) + options.ClockHertz - 1)
            / options.ClockHertz);
}
