using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>From a job's `memory.dram` to the model's options, and back.</summary>
internal static class DramMapping
{
    /// <summary>What lies behind the cut of a node; also a source of statistics.</summary>
    /// <returns>Alone and with one latency: a <see cref="FlatDram"/>.</returns>
    public static ITimingModel Create(string key, MemoryJob memory, int vcpuCount) =>
        memory.Numa is { } numa
            ? Numa(key, numa, memory, vcpuCount)
            : Create($"{key}.dram", memory.Dram, memory.Caches.LineSize);

    /// <summary>What a window without a peer is timed by.</summary>
    public static FarMemory Far(string key, WindowJob window, ByteSize line) => new(
        Create($"{key}.dram", window.Dram!, line),
        Link(window.Link ?? new MemoryLinkJob { Latency = VirtualDuration.Zero }),
        (int)line.Bytes);

    private static ITimingModel Create(string key, DramJob dram, ByteSize line) =>
        dram.Banks is null
            ? new FlatDram(key, JobMapping.Dram(dram, line))
            : new BankedDram(key, Options(dram, line));

    private static NumaMemory Numa(string key, NumaJob numa, MemoryJob memory, int vcpuCount)
    {
        ByteSize line = memory.Caches.LineSize;
        List<NumaNodeOptions> nodes = [];
        List<NumaWay> ways = [];
        int NodeOf(string name) => numa.Nodes.Index().First(node => node.Item.Name == name).Index;
        for (int i = 0; i < numa.Nodes.Count; i++)
        {
            NumaNodeJob node = numa.Nodes[i];
            nodes.Add(new NumaNodeOptions
            {
                Name = node.Name,
                Cores = node.Cores,
                Pages = node.Size?.Bytes / GuestPage.SizeBytes,
                Memory = Create($"{key}.numa.nodes[{i}].dram", node.Dram, line),
            });
            if (node.Link is { } link)
            {
                ways.Add(new NumaWay(null, i, Link(link)));
            }
        }

        foreach (NumaDistanceJob way in numa.Distances)
        {
            ways.Add(new NumaWay(NodeOf(way.From), NodeOf(way.To), Link(new MemoryLinkJob
            {
                Latency = way.Latency,
                Bandwidth = way.Bandwidth,
            })));
        }

        NumaPlacement placement = numa.Placement == PlacementChoice.Interleaved
            ? NumaPlacement.Interleaved
            : NumaPlacement.FirstTouch;
        return new NumaMemory(nodes, ways, placement, vcpuCount, (int)line.Bytes);
    }

    private static MemoryLinkOptions Link(MemoryLinkJob link) => new()
    {
        Latency = link.Latency,
        BandwidthBitsPerSecond = link.Bandwidth?.BitsPerSecond,
    };

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
    public static VirtualDuration SlowestOf(MemoryJob memory)
    {
        if (memory.Numa is not { } numa)
        {
            return SlowestOf(memory.Dram, memory.Caches.LineSize);
        }

        VirtualDuration way = numa.Nodes.Select(node => node.Link?.Latency ?? VirtualDuration.Zero)
            .Concat(numa.Distances.Select(distance => distance.Latency)).Max();
        return way + numa.Nodes.Select(node => SlowestOf(node.Dram, memory.Caches.LineSize)).Max();
    }

    private static VirtualDuration SlowestOf(DramJob dram, ByteSize line) => dram.Banks is null
        ? dram.Latency
        : Options(dram, line).IdleMax;
}
