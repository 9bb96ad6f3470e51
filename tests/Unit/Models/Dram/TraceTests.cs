using System.Text;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class TraceTests
{
    private static readonly Frequency s_clock = new(2_000_000_000);

    private static readonly TraceRecord[] s_some =
    [
        new(new VirtualTime(0), new VcpuId(0), MemoryEventKind.Load, 0x1000, 64),
        new(new VirtualTime(1_500), new VcpuId(3), MemoryEventKind.Writeback, 0x7fff_ffff_ffc0, 64),
        new(new VirtualTime(1_500), new VcpuId(1), MemoryEventKind.Store, 0x40, 64),
        new(new VirtualTime(9_000_000_000_000), new VcpuId(0), MemoryEventKind.Prefetch, 0, 8),
    ];

    public static TheoryData<TraceFormat> Formats => [.. Enum.GetValues<TraceFormat>()];

    [Fact]
    public void OurOwnFormat_ReadsBackAsItWas() =>
        Read(Written(TraceFormat.Dilaton), TraceFormat.Dilaton).ShouldBe(s_some);

    /// <summary>What SST's reader scans, and what a script would.</summary>
    [Fact]
    public void Prospero_HasCyclesAndReadsAndWrites() =>
        Encoding.ASCII.GetString(Written(TraceFormat.Prospero)).ShouldBe(
            "0 R 4096 64\n3 W 140737488355264 64\n3 R 64 64\n18000000000 R 0 8\n");

    [Fact]
    public void ProsperosRecords_HaveTwentyOneBytes()
    {
        byte[] bytes = Written(TraceFormat.ProsperoBinary);
        bytes.Length.ShouldBe(4 * 21);
        Convert.ToHexString(bytes[21..42]).ShouldBe("030000000000000057C0FFFFFFFF7F000040000000");
    }

    /// <summary>As protoc has the messages of packet.proto.</summary>
    [Fact]
    public void Gem5sPackets_AreBehindTheirLength()
    {
        using MemoryStream file = new(Written(TraceFormat.Gem5));
        using Stream unpacked = TraceBytes.Unpack(file);
        using MemoryStream plain = new();
        unpacked.CopyTo(plain);
        Convert.ToHexString(plain.ToArray()[..33]).ShouldBe(
            "67656D35" // gem5
            + "100A0764696C61746F6E1880A094A58D1D"
            + "0B0800100118802020403000");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void EveryFormat_KeepsTimesAddressesSizesAndDirections(TraceFormat format)
    {
        TraceRecord[] read = Read(Written(format), format);
        read.Select(r => (r.At, r.Address, r.SizeBytes, r.IsWrite))
            .ShouldBe(s_some.Select(r => (r.At, r.Address, r.SizeBytes, r.IsWrite)));
    }

    /// <summary>Cut anywhere, a trace is told to be cut or damaged, or is a shorter one.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void ACutTrace_IsToldWithItsPlace_OrHasWholeRequestsOnly(TraceFormat format)
    {
        byte[] whole = Plain(format);
        int told = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                TraceRecord[] read = Read(whole[..length], format);
                format.ShouldNotBe(TraceFormat.Dilaton, "our own has an end");
                read.Length.ShouldBeLessThan(s_some.Length);
            }
            catch (TraceException cut)
            {
                cut.Offset.ShouldBeInRange(0, length);
                cut.Message.ShouldStartWith($"at byte {cut.Offset}: ");
                told++;
            }
        }

        told.ShouldBeGreaterThanOrEqualTo(whole.Length - s_some.Length - 1);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void DamagedBytes_BreakNothing(TraceFormat format)
    {
        byte[] whole = Plain(format);
        Random random = new(4);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                Read(damaged, format);
            }
            catch (TraceException broken)
            {
                broken.Offset.ShouldBeInRange(0, damaged.Length);
            }
        }
    }

    [Theory]
    [InlineData(TraceFormat.Prospero, "5 R 64 64\n4 R 64 64\n", 10, "is before the request before it")]
    [InlineData(TraceFormat.Prospero, "5 X 64 64\n", 0, "is not 'CYCLE R|W ADDRESS SIZE'")]
    [InlineData(TraceFormat.Prospero, "5 R 64 0\n", 0, "0 bytes are no size")]
    [InlineData(TraceFormat.Dilaton, "something\n", 0, "begins with 'dilaton-requests 1'")]
    [InlineData(TraceFormat.Dilaton, "dilaton-requests 1\n0 0 load 0x0 64\nend 2\n", 35, "after 1 requests")]
    [InlineData(TraceFormat.Dilaton, "dilaton-requests 1\n0 0 lode 0x0 64\n", 19, "TIME VCPU KIND")]
    [InlineData(TraceFormat.Gem5, "GEM5", 0, "begins with 'gem5'")]
    public void WhatIsWrong_IsToldWithItsPlace(TraceFormat format, string text, long at, string why)
    {
        TraceException broken = Should.Throw<TraceException>(
            () => Read(Encoding.ASCII.GetBytes(text), format));
        broken.Offset.ShouldBe(at);
        broken.Why.ShouldContain(why);
    }

    [Fact]
    public void AReplay_GivesTheAnswersOfTheRunThatWasTraced()
    {
        MemoryRequest[] requests = DramTraffic.Random(8, 1_000);
        VirtualDuration[] latencies = new VirtualDuration[requests.Length];
        using MemoryStream file = new();
        BankedDram traced = new("dram", DramPresets.Ddr4Of3200.Options);
        using (TraceWriter writer = new(file, TraceFormat.Dilaton, s_clock, "test"))
        {
            new TracingModel(traced, writer, 64).Weave(requests, latencies);
        }

        BankedDram replayed = new("dram", DramPresets.Ddr4Of3200.Options);
        TraceReplay replay = new(replayed, 1, 64);
        using TraceReader reader = new(new MemoryStream(file.ToArray()), TraceFormat.Dilaton, s_clock);
        replay.Run(reader);
        Statistics(replayed).ShouldBe(Statistics(traced));
        StatisticsList list = new();
        replay.Collect(list);
        list.Items.Single(s => s.Name == "replay.records").Value.ShouldBe((UInt128)1_000);
    }

    [Fact]
    public void ARequestThatCrossesALine_AsksForBoth()
    {
        BankedDram dram = new("dram", DramPresets.Ddr4Of3200.Options);
        TraceReplay replay = new(dram, 1, 64);
        using TraceReader reader = new(
            new MemoryStream(Encoding.ASCII.GetBytes("1 R 60 8\n")), TraceFormat.Prospero, s_clock);
        replay.Run(reader);
        Statistics(dram).ShouldContain("reads 2/1");
    }

    private static string Statistics(BankedDram source)
    {
        StatisticsList list = new();
        source.Collect(list);
        return string.Join('\n', list.Items.Select(s => $"{s.Name} {s.Value}/{s.Divisor}"));
    }

    private static byte[] Written(TraceFormat format)
    {
        using MemoryStream file = new();
        using (TraceWriter writer = new(file, format, s_clock, "dilaton"))
        {
            foreach (TraceRecord record in s_some)
            {
                writer.Write(record);
            }
        }

        return file.ToArray();
    }

    /// <summary>Not compressed.</summary>
    private static byte[] Plain(TraceFormat format)
    {
        using MemoryStream file = new(Written(format));
        using Stream unpacked = TraceBytes.Unpack(file);
        using MemoryStream plain = new();
        unpacked.CopyTo(plain);
        return plain.ToArray();
    }

    private static TraceRecord[] Read(byte[] bytes, TraceFormat format)
    {
        List<TraceRecord> read = [];
        using TraceReader reader = new(new MemoryStream(bytes), format, s_clock);
        while (reader.TryRead(out TraceRecord record))
        {
            read.Add(record);
        }

        return [.. read];
    }
}
