using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class BankedDramTests
{
    public static TheoryData<string> Presets => [.. DramPresets.All.Select(p => p.Name)];

    /// <summary>Law 3, to the picosecond.</summary>
    [Theory]
    [MemberData(nameof(Presets))]
    public void HitMissAndConflict_TakeWhatTheirCommandsTake(string name)
    {
        BankedDramOptions options = Plain(name);
        DramTimings t = options.Timings;
        BankedDram dram = new("dram", options);
        ulong far = RowBytes(options);

        // Edges that are whole picoseconds, and far enough apart for all else to be over.
        ulong step = Ps(options, 300);
        Serve(dram, step, 0).ShouldBe(Ps(options, t.Rcd + t.Cl + options.BurstClocks), "miss");
        Serve(dram, 2 * step, 64UL * (ulong)options.Channels)
            .ShouldBe(Ps(options, t.Cl + options.BurstClocks), "hit");
        Serve(dram, 3 * step, far)
            .ShouldBe(Ps(options, t.Rp + t.Rcd + t.Cl + options.BurstClocks), "conflict");
        Value(dram, "rowHits").ShouldBe((UInt128)1);
        Value(dram, "rowMisses").ShouldBe((UInt128)1);
        Value(dram, "rowConflicts").ShouldBe((UInt128)1);
        Value(dram, "queued").ShouldBe((UInt128)0);
    }

    [Fact]
    public void TheControllerAddsToEveryAnswer_AndAnAccessWaitsForAnEdge()
    {
        BankedDramOptions options = Plain("ddr4-3200") with
        {
            Controller = VirtualDuration.FromNanoseconds(20),
        };
        BankedDram dram = new("dram", options);

        // 1 ps after an edge of 625 ps.
        Serve(dram, 625_001, 0).ShouldBe(20_000UL + 624 + (48 * 625));
        dram.MinLatency.Picoseconds.ShouldBe(20_000UL + (26 * 625));
    }

    [Fact]
    public void ClosedRows_MakeEveryAccessAMiss()
    {
        BankedDramOptions options = Plain("ddr4-2400") with { Policy = PagePolicy.Closed };
        BankedDram dram = new("dram", options);
        for (ulong i = 1; i < 20; i++)
        {
            Serve(dram, i * Ps(options, 300), i % 2 * RowBytes(options))
                .ShouldBe(Ps(options, 17 + 17 + 4), $"access {i}");
        }

        Value(dram, "rowMisses").ShouldBe((UInt128)19);
    }

    [Fact]
    public void AReadDuringARefresh_WaitsForItsEnd()
    {
        BankedDramOptions options = Plain("ddr4-3200");
        DramTimings t = options.Timings;
        ulong miss = Ps(options, t.Rcd + t.Cl + options.BurstClocks);
        foreach (int late in new[] { 0, 1, 100, t.Rfc - 1, t.Rfc, t.Rfc + 1 })
        {
            for (int refresh = 1; refresh <= 3; refresh++)
            {
                BankedDram dram = new("dram", options);
                int left = Math.Max(0, t.Rfc - late);
                Serve(dram, Ps(options, (refresh * t.Refi) + late), 0)
                    .ShouldBe(miss + Ps(options, left), $"{late} clocks into refresh {refresh}");
            }
        }
    }

    [Fact]
    public void RefreshTakesItsShareOfTheTime()
    {
        BankedDramOptions options = Plain("ddr5-4800") with { Ranks = 2 };
        BankedDram dram = new("dram", options);

        // Both ranks of both channels, a thousand times, the second rank half an interval later.
        dram.AdvanceTo(new VirtualTime(Ps(options, (1_000 * options.Timings.Refi) + 4_680)));
        Value(dram, "refreshes").ShouldBe((UInt128)4_000);
        Statistic time = Find(dram, "refreshTime");
        (time.Value / time.Divisor).ShouldBe((UInt128)Ps(options, 4_000 * 708));
    }

    [Fact]
    public void AHitOvertakesAnAccessThatWaitsForItsRow()
    {
        BankedDramOptions options = Plain("ddr4-3200");
        BankedDram dram = new("dram", options);
        const ulong OtherBank = 8 << 10;
        Serve(dram, Ps(options, 100), 0);
        Serve(dram, Ps(options, 200), OtherBank);
        VirtualDuration[] both = DramTraffic.Serve(
            dram, Read(options, 400, RowBytes(options)), Read(options, 400, OtherBank + 64));
        both[0].Picoseconds.ShouldBe(Ps(options, 22 + 22 + 22 + 4));

        // The clock of the precharge is taken.
        both[1].Picoseconds.ShouldBe(Ps(options, 1 + 22 + 4));
        Value(dram, "queued").ShouldBe((UInt128)1);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void WhereRequestsAreCutDoesNotShow_AndNoAnswerComesTooSoon(string name)
    {
        BankedDramOptions options = DramPresets.All.Single(p => p.Name == name).Options;
        MemoryRequest[] requests = DramTraffic.Random(5, 2_000);
        BankedDram whole = new("dram", options);
        VirtualDuration[] expected = DramTraffic.Serve(whole, requests);
        expected.Min().ShouldBeGreaterThanOrEqualTo(whole.MinLatency);
        BankedDram cut = new("dram", options);
        Random random = new(1);
        for (int i = 0; i < requests.Length;)
        {
            int count = Math.Min(random.Next(1, 9), requests.Length - i);
            DramTraffic.Serve(cut, requests[i..(i + count)])
                .ShouldBe(expected[i..(i + count)], $"from request {i}");
            i += count;
        }

        Statistics(cut).ShouldBe(Statistics(whole));
    }

    [Fact]
    public void WritesWaitUntilTheHighMark_AndAreWrittenToTheLow()
    {
        BankedDramOptions options = Plain("ddr4-3200") with { WriteHigh = 10, WriteLow = 4 };
        BankedDram dram = new("dram", options);
        for (int i = 0; i < 9; i++)
        {
            // At one instant, so that no lull lets any be written.
            Write(dram, options, 100, (ulong)i * 64);
        }

        Value(dram, "writes").ShouldBe((UInt128)0);
        Write(dram, options, 100, 64 * 9);
        Value(dram, "writes").ShouldBe((UInt128)6);
        Value(dram, "writeDrains").ShouldBe((UInt128)1);

        // A read of one that waits, and a write of its line, touch no bank.
        Serve(dram, Ps(options, 100), 64 * 9).ShouldBe(dram.MinLatency.Picoseconds);
        Write(dram, options, 100, 64 * 9);
        Value(dram, "forwarded").ShouldBe((UInt128)1);
        Value(dram, "merged").ShouldBe((UInt128)1);
        Value(dram, "turnarounds").ShouldBe((UInt128)0);
    }

    [Fact]
    public void WritesAboveTheLowMark_AreWrittenInALull()
    {
        BankedDramOptions options = Plain("ddr4-3200") with { WriteHigh = 100, WriteLow = 2 };
        BankedDram dram = new("dram", options);
        for (int i = 0; i < 8; i++)
        {
            Write(dram, options, 100, (ulong)i * 64);
        }

        dram.AdvanceTo(new VirtualTime(Ps(options, 2_000)));
        Value(dram, "writes").ShouldBe((UInt128)6);
        Value(dram, "writeDrains").ShouldBe((UInt128)0);
    }

    [Fact]
    public void ResetStatistics_ForgetsCountsAndKeepsRows()
    {
        BankedDramOptions options = Plain("ddr4-3200");
        BankedDram dram = new("dram", options);
        Serve(dram, Ps(options, 100), 0);
        dram.ResetStatistics();
        Statistics(dram).ShouldNotContain("rowMisses 1");
        Serve(dram, Ps(options, 400), 0).ShouldBe(dram.MinLatency.Picoseconds);
        Value(dram, "rowHits").ShouldBe((UInt128)1);
    }

    [Fact]
    public void ServingRequests_AllocatesNothing()
    {
        BankedDram dram = new("dram", DramPresets.Ddr4Of3200.Options);
        MemoryRequest[] requests = DramTraffic.Random(3, 4_000);
        VirtualDuration[] latencies = new VirtualDuration[requests.Length];
        dram.Weave(requests.AsSpan(0, 2_000), latencies);
        long before = GC.GetAllocatedBytesForCurrentThread();
        dram.Weave(requests.AsSpan(2_000), latencies.AsSpan(2_000));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 << 10);
    }

    [Theory]
    [InlineData("RoRaBaBgCoCh")]
    [InlineData("RoCoBaBgRaCh")]
    [InlineData("RoChRaBaBgCo")]
    public void AMapping_GivesEachLineAPlaceOfItsOwn(string text)
    {
        BankedDramOptions options = DramPresets.Ddr5Of4800.Options with
        {
            Mapping = AddressMapping.Parse(text),
            Ranks = 2,
        };
        AddressDecoder decoder = new(options);
        Dictionary<DramAddress, int> rows = [];
        const int Lines = 1 << 16;
        for (ulong line = 0; line < Lines; line++)
        {
            DramAddress where = decoder.Decode(line * 64);
            rows[where] = rows.GetValueOrDefault(where) + 1;
        }

        rows.Values.ShouldAllBe(count => count == options.LinesPerRow);
        rows.Count.ShouldBe(Lines / options.LinesPerRow);
    }

    [Theory]
    [InlineData("RoRaBaBgCo", "each of Ro")]
    [InlineData("RoRaBaBgCoCo", "each of Ro")]
    [InlineData("RaRoBaBgCoCh", "does not begin with Ro")]
    [InlineData("", "each of Ro")]
    public void AMappingThatIsNone_IsRefused(string text, string why)
    {
        AddressMapping.TryParse(text, out _, out string said).ShouldBeFalse();
        said.ShouldContain(why);
    }

    private static BankedDramOptions Plain(string name) =>
        DramPresets.All.Single(p => p.Name == name).Options with
        {
            Controller = VirtualDuration.Zero,
            BankHash = false,
        };

    /// <summary>From a line to one in the next row of its bank.</summary>
    private static ulong RowBytes(BankedDramOptions options) => (ulong)options.RowSizeBytes
        * (ulong)(options.Channels * options.Ranks * options.BanksPerRank);

    private static ulong Ps(BankedDramOptions options, int clocks) =>
        (ulong)((((UInt128)clocks * 1_000_000_000_000) + options.ClockHertz - 1) / options.ClockHertz);

    private static MemoryRequest Read(BankedDramOptions options, int clocks, ulong line) => new(
        new VirtualTime(Ps(options, clocks)), new VcpuId(0), 0, line, MemoryEventKind.Load);

    private static ulong Serve(BankedDram dram, ulong at, ulong line) => DramTraffic.Serve(
        dram, new MemoryRequest(
            new VirtualTime(at), new VcpuId(0), 0, line, MemoryEventKind.Load))[0].Picoseconds;

    private static void Write(BankedDram dram, BankedDramOptions options, int clocks, ulong line) =>
        DramTraffic.Serve(
            dram, Read(options, clocks, line) with { Kind = MemoryEventKind.Writeback });

    private static string Statistics(BankedDram dram)
    {
        StatisticsList list = new();
        dram.Collect(list);
        return string.Join('\n', list.Items.Select(s => $"{s.Name} {s.Value}/{s.Divisor}"));
    }

    private static UInt128 Value(BankedDram dram, string name) => Find(dram, name).Value;

    private static Statistic Find(BankedDram dram, string name)
    {
        StatisticsList list = new();
        dram.Collect(list);
        return list.Items.Single(s => s.Name == name);
    }
}
