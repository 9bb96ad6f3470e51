using System.Text;
using System.Text.Json.Nodes;
using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>`cores.kinds`: cores that are not alike.</summary>
public sealed class CoreKindsJobTests
{
    private const string Kinds =
        "[{count: 2, model: {kind: interval, width: 2}}, {count: 3, speed: 1/2, model: {cpi: 3/2, storeBuffer: 4}}]";

    private static readonly Ratio s_half = new(1, 2);

    [Fact]
    public void Kinds_SayHowManyCoresThereAre_AndWhatEachIs()
    {
        NodeJob node = CliFixture.Good(Text(Kinds)).Nodes[0];
        node.Cores.Count.ShouldBe(5);
        NodeSessionOptions options = Session(CliFixture.Good(Text(Kinds)));
        options.VcpuCount.ShouldBe(5);
        options.Cores.Count.ShouldBe(5);
        (CoreOptions big, CoreOptions small) = (options.Cores[1], options.Cores[2]);
        (big.Speed, big.CyclesPerInstruction, big.StoreBufferEntries).ShouldBe((Ratio.One, s_half, 56));
        big.OutOfOrder.ShouldNotBeNull().WindowInstructions.ShouldBe(224);
        (small.Speed, small.CyclesPerInstruction, small.StoreBufferEntries).ShouldBe((s_half, new Ratio(3, 2), 4));
        small.OutOfOrder.ShouldBeNull();
        small.ClockOf(options.Frequency).ShouldBe(new Frequency(1_000_000_000));
        small.SecondLevelCycles.ShouldBe(12U);
        Should.NotThrow(options.Validate);
    }

    [Fact]
    public void WithoutAModelOfItsOwn_AKindHasTheNodes()
    {
        Job job = CliFixture.Good(Text("[{}, {speed: 1/4}]", "model: {cpi: 2}, "));
        job.Nodes[0].Cores.Kinds.Select(kind => kind.Model.Cpi).ShouldBe([new Ratio(2, 1), new Ratio(2, 1)]);
        job.Nodes[0].Cores.Clocks().Select(clock => clock.Hertz).ShouldBe([2_000_000_000UL, 500_000_000UL]);
    }

    [Fact]
    public void WithoutKinds_AllCoresAreAlike()
    {
        Job job = CliFixture.Good(CliFixture.Minimal, "nodes[0].cores.count=3");
        job.Nodes[0].Cores.Clocks().Distinct().ShouldHaveSingleItem();
        Session(job).Cores.ShouldBeEmpty();
    }

    [Fact]
    public void OneOutOfOrderKind_NeedsEveryAccess()
    {
        CliFixture.Good(Text(Kinds)).Events.Level.ShouldBe(MemoryEventLevel.Full);
        CliFixture.Mistakes(Text(Kinds), "events.level=filtered").ShouldContain("[DL0800]");
    }

    [Fact]
    public void APrefetcher_IsRefusedIfOneKindIsOutOfOrder()
    {
        const string Prefetcher = "nodes[0].memory.caches.l1d.prefetcher=stream";
        CliFixture.Good(Text("[{}, {speed: 1/2}]"), Prefetcher);
        CliFixture.Mistakes(Text(Kinds), Prefetcher).ShouldContain("a prefetcher with cores.model.kind: interval");
    }

    [Fact]
    public void TheResolvedJob_HasTheKinds()
    {
        Job job = CliFixture.Good(Text(Kinds));
        Job again = CliFixture.Good(Encoding.UTF8.GetString(JobWriter.Write(job, indented: true)));
        again.Nodes[0].Cores.Count.ShouldBe(5);
        again.Nodes[0].Cores.Kinds.ShouldBe(job.Nodes[0].Cores.Kinds);
    }

    [Fact]
    public void ADilatedClock_IsEachKinds()
    {
        Job job = CliFixture.Good(Text("[{}, {speed: 1/4}]", "rates: physical, "), "time.tdf=3");
        Dilation.Apply(job).Nodes[0].Cores.Clocks().Select(clock => clock.Hertz)
            .ShouldBe([6_000_000_000UL, 1_500_000_000UL]);
    }

    [Theory]
    [InlineData("[{speed: 1/2}]", "no kind has speed 1", "DL0105")]
    [InlineData("[{}, {speed: 2}]", "2 is out of range (1/1000 to 1)", "DL0105")]
    [InlineData("[{}, {speed: 0}]", "0 is out of range", "DL0105")]
    [InlineData("[{}, {speed: fast}]", "'fast'", "DL0104")]
    [InlineData("[{count: 1000}, {count: 25}]", "1025 cores in all", "DL0105")]
    [InlineData("[{}, {sped: 1}]", "did you mean 'speed'?", "DL0101")]
    [InlineData("[{}, {model: {cpi: 0}}]", "cpi", "DL0105")]
    public void KindsThatMakeNoSense_AreRefused(string kinds, string why, string code)
    {
        string told = CliFixture.Mistakes(Text(kinds));
        told.ShouldContain(why);
        told.ShouldContain($"[{code}]");
    }

    [Fact]
    public void ACountThatIsAnotherThanTheirSum_IsRefused() =>
        CliFixture.Mistakes(Text("[{}, {}]", "count: 3, ")).ShouldContain("3 cores, and kinds has 2 in all");

    [Fact]
    public void ASlowCoreOfASlowClock_IsRefused() =>
        CliFixture.Mistakes(Text("[{}, {speed: 1/3}]", "frequency: 2MHz, ")).ShouldContain("is below 1MHz");

    [Theory]
    [InlineData("events.level=sampled", "estimates all cores' stall")]
    [InlineData("nodes[0].profile.by=code", "adds up cycles of all cores")]
    [InlineData("nodes[0].profile.timeline=true", "adds up cycles of all cores")]
    [InlineData("nodes[0].engine=kvm", "on the host's cores")]
    public void WhatKnowsOneKindOfCoreOnly_IsRefused(string change, string why)
    {
        string told = CliFixture.Mistakes(Text("[{}, {speed: 1/2}]"), change);
        told.ShouldContain(why);
        told.ShouldContain("[DL0845]");
        told.ShouldContain("job.yaml:3:20: error: nodes[0].cores.kinds");
    }

    [Theory]
    [InlineData("nodes[0].memory.peer=p", "the peer 'p' (memory.peer)")]
    [InlineData("nodes[0].memory.windows=[{name: far, base: 0x100000000, size: 1MiB, peer: p}]", "of window 'far'")]
    public void APeer_IsRefused(string change, string why)
    {
        string told = CliFixture.Mistakes(Text("[{}, {speed: 1/2}]"), change, "peers=[{name: p, kind: manual}]");
        told.ShouldContain(why);
        told.ShouldContain("[DL0845]");
    }

    [Fact]
    public void TheResult_HasTheKinds_EachWithItsInstructions()
    {
        NodeRecord run = new()
        {
            Node = CliFixture.Good(Text(Kinds)).Nodes[0],
            WorkerId = 0,
            Statistics =
            [
                .. Enumerable.Range(0, 5).Select(
                    i => new Statistic($"node0.vcpu{i}.instructions", 1UL << i, 1, "Count", "")),
                new Statistic("node0.vcpu1.spin", 1_000, 1, "Count", ""),
            ],
        };
        CoreKindDocument.Of(run).ShouldBe(
        [
            new CoreKindDocument
            {
                First = 0, Count = 2, FrequencyHz = 2_000_000_000, Model = "interval", Cpi = "0.5", Instructions = 3,
            },
            new CoreKindDocument
            {
                First = 2, Count = 3, FrequencyHz = 1_000_000_000, Model = "inorder", Cpi = "1.5", Instructions = 28,
            },
        ]);
        CoreKindDocument.Of(new NodeRecord { Node = CliFixture.Good(CliFixture.Minimal).Nodes[0], WorkerId = 0 })
            .ShouldBeEmpty();
    }

    [Fact]
    public void TheReport_TellsTheKinds()
    {
        RunFacts run = new()
        {
            Folder = "",
            Job = (JsonObject)JsonNode.Parse(JobWriter.Write(CliFixture.Good(Text(Kinds)), indented: false))!,
        };
        MachineWords.Of(run).ShouldContain(("Cores", "2 cores at 2GHz, interval, CPI 0.5, store buffer of 56; "
            + "3 cores at 0.5 of 2GHz, inorder, CPI 1.5, store buffer of 4"));
    }

    [Fact]
    public void AKindsCaches_AreAsLargeAsItSays_AndElseAsTheNodes()
    {
        const string Own = "{l1i: {size: 16KiB}, l1d: {size: 24KiB, ways: 6}, l2: {size: 128KiB}}";
        Job job = CliFixture.Good(Text($"[{{count: 2}}, {{speed: 1/2, caches: {Own}}}]"));
        NodeJob node = job.Nodes[0];
        HierarchyOptions all = JobMapping.Hierarchy(node);
        Should.NotThrow(() => all.Validate("caches", [.. node.Cores.Clocks()]));
        all.Of(1).ShouldBe(all with { Private = [] });
        HierarchyOptions small = all.Of(2);
        small.L1I.ShouldBe(all.L1I! with { SizeBytes = 16 << 10 });
        small.L1D.ShouldBe(all.L1D with { SizeBytes = 24 << 10, Ways = 6 });
        small.L2.ShouldBe(all.L2! with { SizeBytes = 128 << 10 });
        small.L3.ShouldBe(all.L3);
        (all.FilterGroups, all.FetchFilterGroups).ShouldBe((64, 32));

        MachineDescription machine = JobMapping.Files(node, TerminalOptions.None).Machine;
        machine.CachesOf(1)[0].SizeBytes.ShouldBe(32UL << 10);
        (machine.CachesOf(2)[0].SizeBytes, machine.CachesOf(2)[0].Ways).ShouldBe((24UL << 10, 6U));

        Job again = CliFixture.Good(Encoding.UTF8.GetString(JobWriter.Write(job, indented: true)));
        again.Nodes[0].Cores.Kinds.ShouldBe(node.Cores.Kinds);
        RunFacts run = new() { Folder = "", Job = (JsonObject)JsonNode.Parse(JobWriter.Write(job, indented: false))! };
        MachineWords.Of(run).Single(row => row.Label == "Cores").Text
            .ShouldEndWith(", L1I 16KiB, L1D 24KiB, L1D 6 ways, L2 128KiB");
    }

    [Theory]
    [InlineData("l1d: {size: 20KiB}", "", "l1d: 20KiB is not a power of two of sets", "DL0201")]
    [InlineData("l1d: {ways: 3}", "", "l1d: 32KiB is not a power of two of sets", "DL0201")]
    [InlineData("l1d: {ways: 0}", "", "l1d.ways: 0 is out of range", "DL0105")]
    [InlineData("l1d: {latency: 3cycles}", "", "l1d.latency: no such key", "DL0101")]
    [InlineData("l3: {size: 1MiB}", "", "caches.l3: no such key", "DL0101")]
    [InlineData("l2: {size: 1MiB}", "nodes[0].memory.caches.l2Sharing=shared", "l2: all cores share the L2", "DL0201")]
    [InlineData("l1i: {size: 16KiB}", "nodes[0].memory.caches.l1i=none", "memory.caches has no l1i", "DL0201")]
    [InlineData("l1d: {size: 2KiB, ways: 1}", "nodes[0].memory.caches.l1d.prefetcher=stride", "no second", "DL0201")]
    [InlineData("l1d: {size: 24KiB, ways: 3}", "nodes[0].memory.caches.l1d.replacement=tree-plru", "a tree", "DL0201")]
    [InlineData("l2: {size: 16KiB}", "nodes[0].memory.caches.inclusion=inclusive", "can't include l1", "DL0201")]
    public void CachesOfAKindThatCantBe_AreRefused(string caches, string change, string why, string code)
    {
        string told = CliFixture.Mistakes(
            Text($"[{{}}, {{speed: 1/2, caches: {{{caches}}}}}]"), change.Length > 0 ? [change] : []);
        told.ShouldContain("nodes[0].cores.kinds[1].caches");
        told.ShouldContain(why);
        told.ShouldContain($"[{code}]");
    }

    [Fact]
    public void TheGuest_IsToldEachOnesFrequency()
    {
        Job job = CliFixture.Good(Text("[{}, {speed: 1/4}]"));
        MachineDescription machine = JobMapping.Files(job.Nodes[0], TerminalOptions.None).Machine;
        (machine.ClockOf(0).Hertz, machine.ClockOf(1).Hertz).ShouldBe((2_000_000_000UL, 500_000_000UL));
    }

    private static NodeSessionOptions Session(Job job) => JobMapping.Session(job, job.Nodes[0], 1, new NoMarks());

    private static string Text(string kinds, string cores = "") => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - cores: {{{{cores}}}kinds: {{{kinds}}}}
            guest: {program: {path: /bin/true}}
        """;

    private sealed class NoMarks : INodeObserver
    {
        public void RegionMarked(VirtualTime now, VcpuId vcpu, bool isBegin, ulong workId, ulong threadId)
        {
        }

        public void StatisticsDumped(VirtualTime now, StatisticsList statistics)
        {
        }

        public void StatisticsReset(VirtualTime now)
        {
        }
    }
}
