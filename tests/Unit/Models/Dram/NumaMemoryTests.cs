using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class NumaMemoryTests
{
    private const ulong Page = 4096;
    private const ulong Near = 80_000;

    [Fact]
    public void FarMemory_AddsItsLinksLatencyAndTransfer()
    {
        // 64 B at 7 GB/s take 64000/7 ps.
        FarMemory far = new(Flat(), Link(150, 7_000_000_000), 64);
        far.MinLatency.Picoseconds.ShouldBe(Near + 150_000 + 9_143);
        ulong[] latencies = Serve(far, [.. Enumerable.Repeat(Read(0, 0), 7_001)]);
        for (int i = 0; i < latencies.Length; i++)
        {
            latencies[i].ShouldBe(Near + 150_000 + ((((ulong)i + 1) * 64_000) + 6) / 7);
        }

        Value(far, "linkLines").ShouldBe((UInt128)7_001);
        Value(far, "linkWaitMax").ShouldBe((UInt128)64_000_000);
    }

    [Fact]
    public void ALinksDirections_AreFullEachByItself()
    {
        FarMemory far = new(Flat(), Link(0, 64_000_000_000), 64);
        MemoryRequest write = Read(0, 0) with { Kind = MemoryEventKind.Writeback };
        Serve(far, write, write, Read(0, 0), Read(0, 0))
            .ShouldBe([Near + 1_000, Near + 2_000, Near + 1_000, Near + 2_000]);
    }

    [Fact]
    public void FirstTouch_PutsAPageWhereItsFirstCoreIs()
    {
        NumaMemory numa = TwoSockets(NumaPlacement.FirstTouch);
        numa.MinLatency.Picoseconds.ShouldBe(Near);

        // Page 5 by core 1 (node 1), page 6 by core 0 (node 0); then each by the other.
        Serve(numa, Read(0, 5 * Page, 1), Read(0, 6 * Page, 0)).ShouldBe([Near, Near]);
        Serve(numa, Read(1, (5 * Page) + 64, 0), Read(1, 6 * Page, 1))
            .ShouldBe([Near + 60_000, Near + 90_000]);
        Value(numa, "first.near").ShouldBe((UInt128)1);
        Value(numa, "first.far").ShouldBe((UInt128)1);
        Value(numa, "second.pages").ShouldBe((UInt128)1);
        Value(numa, "second.from.first.linkLines").ShouldBe((UInt128)1);
        Value(numa, "second.dram.reads").ShouldBe((UInt128)2);
    }

    [Fact]
    public void Interleaved_PagesGoRoundTheNodes()
    {
        NumaMemory numa = TwoSockets(NumaPlacement.Interleaved);
        ulong[] latencies = Serve(
            numa, [.. Enumerable.Range(0, 8).Select(i => Read(0, (ulong)i * Page, 0))]);
        for (int i = 0; i < 8; i++)
        {
            (latencies[i] >= Near + 60_000).ShouldBe(i % 2 == 1, $"page {i}");
        }
    }

    [Fact]
    public void AFullNode_GivesPagesToTheNearestWithRoom()
    {
        NumaMemory numa = new(
            [Node("local", [0], pages: 2), Node("cxl", [], null), Node("socket", [1], 1)],
            [
                new NumaWay(null, 1, Link(200)),
                new NumaWay(null, 0, Link(60)),
                new NumaWay(null, 2, Link(60)),
            ],
            NumaPlacement.FirstTouch, 2, 64);
        ulong[] latencies = Serve(
            numa, [.. Enumerable.Range(0, 5).Select(i => Read((ulong)i, (ulong)i * Page, 0))]);
        latencies.ShouldBe([Near, Near, Near + 60_000, Near + 200_000, Near + 200_000]);
    }

    [Fact]
    public void AWayOfItsOwn_ReplacesTheNodesLink()
    {
        NumaMemory numa = new(
            [Node("a", [0]), Node("b", [1]), Node("c", [2])],
            [
                new NumaWay(null, 0, Link(50)), new NumaWay(null, 1, Link(50)),
                new NumaWay(null, 2, Link(50)), new NumaWay(0, 2, Link(120)),
            ],
            NumaPlacement.FirstTouch, 3, 64);
        Serve(numa, Read(0, 0, 2), Read(1, 0, 0), Read(2, 0, 1))
            .ShouldBe([Near, Near + 120_000, Near + 50_000]);
    }

    [Fact]
    public void WhereRequestsAreCutDoesNotShow_AndNoAnswerComesTooSoon()
    {
        MemoryRequest[] requests = DramTraffic.Random(9, 2_000);
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i] = requests[i] with { Vcpu = new VcpuId(i % 2) };
        }

        NumaMemory whole = Banked();
        NumaMemory cut = Banked();
        VirtualDuration[] expected = new VirtualDuration[requests.Length];
        whole.Weave(requests, expected);
        expected.Min().ShouldBeGreaterThanOrEqualTo(whole.MinLatency);
        VirtualDuration[] one = new VirtualDuration[1];
        for (int i = 0; i < requests.Length; i++)
        {
            cut.Weave(requests.AsSpan(i, 1), one);
            one[0].ShouldBe(expected[i], $"request {i}");
        }
    }

    private static NumaMemory Banked() => new(
        [
            Node("a", [0]) with { Memory = new BankedDram("a", DramPresets.Ddr5Of4800.Options) },
            Node("b", [1]) with { Memory = new BankedDram("b", DramPresets.Ddr4Of2400.Options) },
        ],
        [new NumaWay(null, 0, Link(60, 32_000_000_000)), new NumaWay(null, 1, Link(60))],
        NumaPlacement.Interleaved, 2, 64);

    private static NumaMemory TwoSockets(NumaPlacement placement) => new(
        [Node("first", [0]), Node("second", [1])],
        [new NumaWay(null, 0, Link(90)), new NumaWay(null, 1, Link(60))],
        placement, 2, 64);

    private static NumaNodeOptions Node(string name, int[] cores, ulong? pages = null) => new()
    {
        Name = name,
        Cores = cores,
        Pages = pages,
        Memory = Flat(),
    };

    /// <summary>Latency alone: nothing waits for anything.</summary>
    private static Fixed Flat() => new();

    private static MemoryLinkOptions Link(ulong nanoseconds, ulong? bytesPerSecond = null) => new()
    {
        Latency = VirtualDuration.FromNanoseconds(nanoseconds),
        BandwidthBitsPerSecond = bytesPerSecond * 8,
    };

    private static MemoryRequest Read(ulong nanoseconds, ulong line, int vcpu = 0) => new(
        new VirtualTime(nanoseconds * 1_000), new VcpuId(vcpu), 0, line, MemoryEventKind.Load);

    private static ulong[] Serve(ITimingModel model, params MemoryRequest[] requests)
    {
        VirtualDuration[] latencies = new VirtualDuration[requests.Length];
        model.Weave(requests, latencies);
        return [.. latencies.Select(latency => latency.Picoseconds)];
    }

    private static UInt128 Value(IStatisticsSource source, string name)
    {
        StatisticsList list = new();
        source.Collect(list);
        return list.Items.Single(s => s.Name == name).Value;
    }

    private sealed class Fixed : ITimingModel, IStatisticsSource
    {
        private ulong _reads;

        public VirtualDuration MinLatency => VirtualDuration.FromPicoseconds(Near);

        public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies)
        {
            latencies[..requests.Length].Fill(MinLatency);
            _reads += (ulong)requests.Length;
        }

        public void Collect(StatisticsList list) => list.Count("reads", _reads, "Count", "reads");

        public void ResetStatistics() => _reads = 0;
    }
}
