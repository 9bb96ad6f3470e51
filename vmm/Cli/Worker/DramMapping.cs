using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>From a job's `memory.dram` to the model's options, and back.</summary>
internal static class DramMapping
{
    /// <returns>A <see cref="FlatDram"/> or a <see cref="BankedDram"/>.</returns>
    public static ITimingModel Create(string key, MemoryJob memory) => memory.Dram.Banks is null
        ? new FlatDram(key, JobMapping.Dram(memory))
        : new BankedDram(key, Options(memory.Dram, memory.Caches.LineSize));

    public static BankedDramOptions Options(DramJob dram, ByteSize line)
    {
        DramBanksJob banks = dram.Banks!;
        DramTimingsJob timings = banks.Timings;
        return new BankedDramOptions
        {
            Channels = dram.Channels,
            Ranks = banks.Ranks,
            Groups = banks.Groups,
            BanksPerGroup = banks.PerGroup,
            RowSizeBytes = (int)Math.Min(banks.RowSize.Bytes, int.MaxValue),
            ClockHertz = banks.Clock.Hertz,
            WidthBits = banks.Width,
            BurstLength = banks.Burst,
            HasRowBus = banks.RowBus,
            Mapping = AddressMapping.Parse(banks.Mapping),
            BankHash = banks.Hash,
            Policy = banks.Page == PageChoice.Closed ? PagePolicy.Closed : PagePolicy.Open,
            Controller = banks.Controller,
            WriteHigh = banks.WriteHigh,
            WriteLow = banks.WriteLow,
            LineSizeBytes = (int)line.Bytes,
            Timings = new DramTimings
            {
                Cl = timings.Cl,
                Cwl = timings.Cwl,
                Rcd = timings.Rcd,
                Rp = timings.Rp,
                Ras = timings.Ras,
                Rc = timings.Rc,
                CcdS = timings.CcdS,
                CcdL = timings.CcdL,
                CcdLWr = timings.CcdLWr,
                RrdS = timings.RrdS,
                RrdL = timings.RrdL,
                Faw = timings.Faw,
                Wr = timings.Wr,
                WtrS = timings.WtrS,
                WtrL = timings.WtrL,
                Rtp = timings.Rtp,
                Rtw = timings.Rtw,
                Cs = timings.Cs,
                Refi = timings.Refi,
                Rfc = timings.Rfc,
            },
        };
    }

    public static DramBanksJob Job(BankedDramOptions options)
    {
        DramTimings timings = options.Timings;
        return new DramBanksJob
        {
            Ranks = options.Ranks,
            Groups = options.Groups,
            PerGroup = options.BanksPerGroup,
            RowSize = new ByteSize((ulong)options.RowSizeBytes),
            Clock = new Frequency(options.ClockHertz),
            Width = options.WidthBits,
            Burst = options.BurstLength,
            RowBus = options.HasRowBus,
            Mapping = options.Mapping.Text,
            Hash = options.BankHash,
            Page = options.Policy == PagePolicy.Closed ? PageChoice.Closed : PageChoice.Open,
            Controller = options.Controller,
            WriteHigh = options.WriteHigh,
            WriteLow = options.WriteLow,
            Timings = new DramTimingsJob
            {
                Cl = timings.Cl,
                Cwl = timings.Cwl,
                Rcd = timings.Rcd,
                Rp = timings.Rp,
                Ras = timings.Ras,
                Rc = timings.Rc,
                CcdS = timings.CcdS,
                CcdL = timings.CcdL,
                CcdLWr = timings.CcdLWr,
                RrdS = timings.RrdS,
                RrdL = timings.RrdL,
                Faw = timings.Faw,
                Wr = timings.Wr,
                WtrS = timings.WtrS,
                WtrL = timings.WtrL,
                Rtp = timings.Rtp,
                Rtw = timings.Rtw,
                Cs = timings.Cs,
                Refi = timings.Refi,
                Rfc = timings.Rfc,
            },
        };
    }

    /// <summary>What an access takes at most where nobody else is in its way.</summary>
    public static VirtualDuration SlowestOf(MemoryJob memory) => memory.Dram.Banks is null
        ? memory.Dram.Latency
        : Options(memory.Dram, memory.Caches.LineSize).IdleMax;
}
