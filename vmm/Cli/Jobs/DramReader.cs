using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Reads and checks `memory.dram`.</summary>
internal static class DramReader
{
    public static DramJob Read(MapReader map, DramJob standard, ByteSize line)
    {
        DramKind kind = map.Word("kind", standard.Kind, JobChoices.DramKind);
        DramPreset? preset = PresetOf(kind);
        bool isSame = kind == standard.Kind;
        standard = isSame ? standard : new DramJob { Rates = standard.Rates };
        int channels = isSame || preset is null ? standard.Channels : preset.Options.Channels;
        DramJob dram = new()
        {
            Kind = kind,
            Latency = map.Value<VirtualDuration>(
                "latency", standard.Latency, Quantity.TryParseDuration),
            Bandwidth = map.Value<Bandwidth>("bandwidth", standard.Bandwidth, Bandwidth.TryParse),
            Rates = map.Word("rates", standard.Rates, JobChoices.Rates),
            Channels = (int)map.Integer("channels", channels, 1, FlatDramOptions.ChannelsMax),
        };
        if (preset is null)
        {
            CheckFlat(map, dram);
        }
        else
        {
            DramBanksJob banks = isSame && standard.Banks is { } same
                ? same
                : DramMapping.Job(preset.Options);
            dram = ReadBanked(map, dram, banks, line);
        }

        map.Done();
        return dram;
    }

    /// <summary>Null: flat.</summary>
    public static DramPreset? PresetOf(DramKind kind) => kind switch
    {
        DramKind.Flat => null,
        DramKind.Ddr4Of2400 => DramPresets.Ddr4Of2400,
        DramKind.Ddr5Of4800 => DramPresets.Ddr5Of4800,
        DramKind.Hbm2 => DramPresets.Hbm2,
        _ => DramPresets.Ddr4Of3200,
    };

    private static void CheckFlat(MapReader map, DramJob dram)
    {
        if (dram.Latency.Picoseconds is 0 or > 1_000_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "latency",
                $"{dram.Latency} is out of range (1ps to 1ms)");
        }

        if (dram.Bandwidth.BitsPerSecond is < 8_000_000 or > 800_000_000_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "bandwidth",
                $"{dram.Bandwidth} is out of range (1MB/s to 100000GB/s)");
        }

        if (map.Has("banks") && !map.IsNull("banks"))
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "banks",
                "memory of kind flat has none",
                $"set kind to banks or a preset: {string.Join(", ", JobChoices.DramKind.Words.Skip(1))}");
        }

        map.Take("banks");
    }

    private static DramJob ReadBanked(
        MapReader map, DramJob dram, DramBanksJob standard, ByteSize line)
    {
        DramBanksJob banks = ReadBanks(map.Section("banks"), standard);
        dram = dram with { Banks = banks };
        if (!AddressMapping.TryParse(banks.Mapping, out _, out string why))
        {
            map.Error(DiagnosticCode.Inconsistent, "banks", $"mapping: {why}");
            return dram;
        }

        BankedDramOptions options = DramMapping.Options(dram, line);
        List<ConfigException> problems = [];
        options.Check("dram", problems);
        foreach (ConfigException problem in problems)
        {
            string[] keys = problem.Key.Split('.', 3);
            map.Error(
                DiagnosticCode.Inconsistent, keys[1],
                keys.Length > 2 ? $"{keys[2]}: {problem.Why}" : problem.Why);
        }

        if (dram.Rates == RatesChoice.Physical)
        {
            map.Error(
                DiagnosticCode.NotBuiltYet,
                "rates",
                "'physical' is for kind flat: banks can't be dilated in this version",
                "leave rates out, or set kind to flat");
        }

        return problems.Count > 0 ? dram : Follow(map, dram, options);
    }

    /// <summary>Latency and bandwidth follow; who gives others is told so.</summary>
    private static DramJob Follow(MapReader map, DramJob dram, BankedDramOptions options)
    {
        VirtualDuration latency = BankedDram.MinLatencyOf(options);
        Bandwidth bandwidth = new((ulong)options.WireBitsPerSecond);
        string kind = JobChoices.DramKind.WordOf(dram.Kind);
        if (map.Has("latency") && dram.Latency != latency)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "latency",
                $"{dram.Latency} is not a row hit's of kind {kind}, {latency}",
                "leave it out: it follows from banks");
        }

        if (map.Has("bandwidth") && dram.Bandwidth != bandwidth)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "bandwidth",
                $"{dram.Bandwidth} is not that of the wires of kind {kind}, {bandwidth}",
                "leave it out: it follows from clock, width and channels");
        }

        return dram with { Latency = latency, Bandwidth = bandwidth };
    }

    private static DramBanksJob ReadBanks(MapReader map, DramBanksJob standard)
    {
        int Number(string key, int fallback) =>
            (int)map.Integer(key, fallback, 0, DramTimings.ClocksMax);
        DramBanksJob banks = new()
        {
            Ranks = Number("ranks", standard.Ranks),
            Groups = Number("groups", standard.Groups),
            PerGroup = Number("perGroup", standard.PerGroup),
            RowSize = map.Value<ByteSize>("rowSize", standard.RowSize, ByteSize.TryParse),
            Clock = map.Value<Frequency>("clock", standard.Clock, Quantity.TryParseFrequency),
            Width = Number("width", standard.Width),
            Burst = Number("burst", standard.Burst),
            RowBus = map.Flag("rowBus", standard.RowBus),
            Mapping = map.Text("mapping", standard.Mapping),
            Hash = map.Flag("hash", standard.Hash),
            Page = map.Word("page", standard.Page, JobChoices.Page),
            Controller = map.Value<VirtualDuration>(
                "controller", standard.Controller, Quantity.TryParseDuration),
            WriteHigh = Number("writeHigh", standard.WriteHigh),
            WriteLow = Number("writeLow", standard.WriteLow),
            Timings = ReadTimings(map.Section("timings"), standard.Timings),
        };
        map.Done();
        return banks;
    }

    private static DramTimingsJob ReadTimings(MapReader map, DramTimingsJob standard)
    {
        int Clocks(string key, int fallback) =>
            (int)map.Integer(key, fallback, 1, DramTimings.ClocksMax);
        DramTimingsJob timings = new()
        {
            Cl = Clocks("cl", standard.Cl),
            Cwl = Clocks("cwl", standard.Cwl),
            Rcd = Clocks("rcd", standard.Rcd),
            Rp = Clocks("rp", standard.Rp),
            Ras = Clocks("ras", standard.Ras),
            Rc = Clocks("rc", standard.Rc),
            CcdS = Clocks("ccdS", standard.CcdS),
            CcdL = Clocks("ccdL", standard.CcdL),
            CcdLWr = Clocks("ccdLWr", standard.CcdLWr),
            RrdS = Clocks("rrdS", standard.RrdS),
            RrdL = Clocks("rrdL", standard.RrdL),
            Faw = Clocks("faw", standard.Faw),
            Wr = Clocks("wr", standard.Wr),
            WtrS = Clocks("wtrS", standard.WtrS),
            WtrL = Clocks("wtrL", standard.WtrL),
            Rtp = Clocks("rtp", standard.Rtp),
            Rtw = Clocks("rtw", standard.Rtw),
            Cs = Clocks("cs", standard.Cs),
            Refi = Clocks("refi", standard.Refi),
            Rfc = Clocks("rfc", standard.Rfc),
        };
        map.Done();
        return timings;
    }
}
