using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Dilaton.Models.Network;

namespace Dilaton.Tests.Laws.Validation;

/// <summary>Wrong models and wrong machines, at least two of each law.</summary>
internal static class LawMutations
{
    public static IReadOnlyList<LawMutation> All { get; } = [.. Laws1To3, .. Laws4To6, .. Laws7To9];

    private static IReadOnlyList<LawMutation> Laws1To3 =>
    [
        new(1, "the clock is 1 Hz of 3 GHz too fast", "2004 instructions, CPI 1, 3000000000 Hz")
        {
            Subject = Machine("cores.frequency=3000000001Hz"),
        },
        new(1, "an instruction takes 1/2000 of a cycle more", "2004 instructions, CPI 1, 3000000000 Hz")
        {
            Subject = Machine("cores.model.cpi=2001/2000"),
        },
        new(2, "a hit of L1D takes a cycle more", "a load in a chase through 16KiB")
        {
            Subject = Machine("memory.caches.l1d.latency=5cycles"), IsSlow = true,
        },
        new(2, "a hit of L2 takes a cycle less", "a load in a chase through 64KiB")
        {
            Subject = Machine("memory.caches.l2.latency=11cycles"), IsSlow = true,
        },
        new(2, "L1D gives up any line, and not the one used longest ago", "a load in a chase through 64KiB")
        {
            Subject = Machine("memory.caches.l1d.replacement=random"), IsSlow = true,
        },
        new(3, "flat memory takes 1 ps more", "a lone read")
        {
            Subject = Flat(o => o with { Latency = new VirtualDuration(o.Latency.Picoseconds + 1) }),
        },
        new(3, "a flat channel is 1 % slow", "worst of 10000 reads of a channel at once")
        {
            Subject = Flat(o => o with { BandwidthBitsPerSecond = o.BandwidthBitsPerSecond / 100 * 99 }),
        },
        new(3, "CL is a clock short", "ddr4-3200: a row miss") { Subject = Timings(t => t with { Cl = t.Cl - 1 }) },
        new(3, "RP is a clock long", "ddr4-3200: a row conflict")
        {
            Subject = Timings(t => t with { Rp = t.Rp + 1, Rc = t.Rc + 1 }),
        },
        new(3, "a row is closed at once where it should stay open", "ddr4-3200: a row hit")
        {
            Subject = Banked(o => o with { Policy = PagePolicy.Closed }),
        },
        new(3, "a refresh takes a clock more", "ddr4-3200: a row miss as a refresh begins")
        {
            Subject = Timings(t => t with { Rfc = t.Rfc + 1 }),
        },
        new(3, "writes are written as they come, whatever row is open",
            "ddr4-3200: 24 of 32 writes, to two rows in turn, open")
        {
            Subject = Banked(o => o with { WriteHigh = 1, WriteLow = 0 }),
        },
    ];

    private static IReadOnlyList<LawMutation> Laws4To6 =>
    [
        new(4, "links are 1 % slow", "1000 bytes over 3 links")
        {
            Subject = Links(link => link with
            {
                BandwidthBitsPerSecond = link.BandwidthBitsPerSecond / 100 * 99,
            }),
        },
        new(4, "a switch takes 1 ps more", "1000 bytes over 3 links")
        {
            Subject = new LawSubject
            {
                Network = (options, nodes) => LawSubject.Own.Network(
                    options with
                    {
                        ForwardingLatency = new VirtualDuration(options.ForwardingLatency.Picoseconds + 1),
                    },
                    nodes),
            },
        },
        new(4, "LogGP's L is 2 % long", "L of a ping-pong") { Subject = Machine("network.link.latency=51us") },
        new(4, "LogGP's g is 5 % long", "g of a flood of 100 B") { Subject = Machine("network.gap=21us") },
        new(5, "the network is dilated by 0.95 x TDF", "rate of TCP over 10 Mbps at TDF 10")
        {
            Subject = Machine(changes => changes.Select(c => c == "time.tdf=10" ? "time.tdf=9.5" : c)), IsSlow = true,
        },
        new(5, "memory is not dilated, only cores", "a memory-bound program at TDF 1/2")
        {
            Subject = Machine(changes => changes.Where(c => c != "memory.dram.rates=physical")), IsSlow = true,
        },
        new(6, "data come at twice the clock", "ddr4-3200: share of the wire rate")
        {
            Subject = Banked(o => o with { ClockHertz = 2 * o.ClockHertz }),
        },
        new(6, "a second channel carries nothing", "ddr4-3200: twice the channels and cores carry")
        {
            Subject = Banked(o => o with { Channels = 1 }),
        },
    ];

    private static IReadOnlyList<LawMutation> Laws7To9 =>
    [
        new(7, "a server takes exponential times, and not always the same", "mean wait of M/D/1 at load 0.2")
        {
            Subject = new LawSubject
            {
                Network = (options, nodes) => new ExponentialNetwork(LawSubject.Own.Network(options, nodes)),
            },
        },
        new(7, "a link's latency is 6 ms and not 5", "TCP's rate, limited by 32 KiB over 10 ms")
        {
            Subject = Machine("network.link.latency=6ms"), IsSlow = true,
        },
        new(8, "a cycle of waiting gets lost", "vCPUs whose time is not the sum of its parts")
        {
            Subject = new LawSubject { Launch = LaunchAndLoseACycle },
        },
        new(8, "the machine is another one each time", "the same job again: results that differ")
        {
            Subject = Drifting(),
        },
        new(8, "what carries the frames takes virtual time", "the same over TCP: results that differ")
        {
            Subject = Machine(changes => changes.Contains("sync.transport=tcp")
                ? changes.Append("network.link.latency=501ns")
                : changes),
        },
        new(9, "L1D gives up any line, and not the one used longest ago", "D1mr of a chase through 64KiB")
        {
            Subject = Machine("memory.caches.l1d.replacement=random"),
        },
        new(9, "L1D has twice its ways", "D1mr of a chase through 64KiB")
        {
            Subject = Machine("memory.caches.l1d.size=64KiB", "memory.caches.l1d.ways=16"),
        },
    ];

    /// <summary>What the job asks for, but for these.</summary>
    private static LawSubject Machine(params string[] wrong) => Machine(changes => changes.Concat(wrong));

    private static LawSubject Machine(Func<IEnumerable<string>, IEnumerable<string>> change) => new()
    {
        Launch = (source, changes, options) => LawSubject.Own.Launch(source, [.. change(changes)], options),
    };

    /// <summary>Each run's clock is 1 Hz faster than the one's before.</summary>
    private static LawSubject Drifting()
    {
        int runs = 0;
        return Machine(changes => changes.Append(
            FormattableString.Invariant($"cores.frequency={3_000_000_000L + runs++}Hz")));
    }

    private static LawSubject Flat(Func<FlatDramOptions, FlatDramOptions> change) =>
        new() { FlatMemory = options => LawSubject.Own.FlatMemory(change(options)) };

    private static LawSubject Banked(Func<BankedDramOptions, BankedDramOptions> change) =>
        new() { BankedMemory = options => LawSubject.Own.BankedMemory(change(options)) };

    private static LawSubject Timings(Func<DramTimings, DramTimings> change) =>
        Banked(options => options with { Timings = change(options.Timings) });

    private static LawSubject Links(Func<LinkOptions, LinkOptions> change) => new()
    {
        Network = (options, nodes) => LawSubject.Own.Network(
            options with { Host = change(options.Host), Fabric = change(options.Fabric) }, nodes),
    };

    private static int LaunchAndLoseACycle(SourceText source, IReadOnlyList<string> changes, FrontOptions options)
    {
        int code = LawSubject.Own.Launch(source, changes, options);
        string file = Path.Combine(options.Folder!, "stats.txt");
        string[] lines = File.ReadAllLines(file);
        int at = Array.FindIndex(lines, line => line.StartsWith("ask.vcpu0.cycles.waiting ", StringComparison.Ordinal));
        string value = lines[at].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        decimal less = decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture) - 1;
        lines[at] = lines[at].Replace(
            $" {value} ", FormattableString.Invariant($" {less} "), StringComparison.Ordinal);
        File.WriteAllLines(file, lines);
        return code;
    }
}
