using System.Numerics;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class FlatDramTests
{
    private const ulong Nanosecond = 1000;

    [Fact]
    public void IdleChannel_AnswersAfterTheFlatLatency()
    {
        FlatDram dram = Dram(bandwidthBytes: 64_000_000_000);
        Serve(dram, Read(0), Read(5 * Nanosecond), Read(6 * Nanosecond))
            .ShouldBe([80_000UL, 80_000UL, 80_000UL]);
        dram.MinLatency.Picoseconds.ShouldBe(80_000UL);
    }

    [Fact]
    public void BusyChannel_AddsExactlyTheTimeUntilItIsFree()
    {
        // 64 B at 64 GB/s: 1 ns each.
        Serve(Dram(64_000_000_000), Read(0), Read(0), Read(0), Read(2500))
            .ShouldBe([80_000UL, 81_000UL, 82_000UL, 80_500UL]);
    }

    [Fact]
    public void Occupancy_DoesNotDrift_WhenItIsNoWholeNumberOfPicoseconds()
    {
        // 64 B at 7 GB/s take 64000/7 ps.
        FlatDram dram = Dram(7_000_000_000);
        ulong[] latencies = Serve(dram, [.. Enumerable.Repeat(Read(0), 7_001)]);
        for (int i = 0; i < latencies.Length; i++)
        {
            ulong wait = ((ulong)i * 64_000 + 6) / 7;
            latencies[i].ShouldBe(80_000 + wait);
        }

        latencies[7_000].ShouldBe(80_000UL + 64_000_000);
        Value(dram, "busyTime").ShouldBe(new BigRational(7_001 * 64_000, 7));
    }

    [Fact]
    public void ChangedRates_HoldForWhatComes_AndTimesAreKept()
    {
        // 64 B at 7 GB/s take 64000/7 ps, at 64 GB/s 1 ns.
        FlatDram dram = Dram(7_000_000_000);
        Serve(dram, Read(0), Read(0)).ShouldBe([80_000UL, 80_000 + 9_143]);
        dram.ChangeRates(Options(64_000_000_000) with
        {
            Latency = VirtualDuration.FromNanoseconds(32),
        });
        dram.MinLatency.Picoseconds.ShouldBe(32_000UL);

        // The channel is free at 128000/7 = 18285.7 ps.
        Serve(dram, Read(10_000), Read(10_000))
            .ShouldBe([32_000UL + 8_286, 32_000 + 9_286]);
        Value(dram, "busyTime").ShouldBe(new BigRational(18_285 + 2_000, 1));
        Value(dram, "queueingTime").ShouldBe(new BigRational(9_142 + 8_286 + 9_286, 1));
        dram.ResetStatistics();
        Value(dram, "busyTime").ShouldBe(new BigRational(0, 1));
    }

    [Fact]
    public void Writeback_OccupiesTheChannel_AndIsAnsweredAtOnce()
    {
        FlatDram dram = Dram(64_000_000_000);
        Serve(dram, Writeback(0), Writeback(0), Read(0)).ShouldBe([80_000UL, 80_000UL, 82_000UL]);
        Value(dram, "writes").ShouldBe(new BigRational(2, 1));
        Value(dram, "bytesWritten").ShouldBe(new BigRational(128, 1));
        Value(dram, "reads").ShouldBe(new BigRational(1, 1));
    }

    [Fact]
    public void Channels_ShareTheBandwidth_AndTakeConsecutiveLines()
    {
        // Four channels of 16 GB/s: 4 ns each line.
        Serve(Dram(64_000_000_000, channels: 4), Read(0, 0), Read(0, 64), Read(0, 128),
            Read(0, 192), Read(0, 256)).ShouldBe(
            [80_000UL, 80_000UL, 80_000UL, 80_000UL, 84_000UL]);
    }

    [Fact]
    public void LateRequestOfAnEarlierTime_QueuesBehindThoseServed()
    {
        FlatDram dram = Dram(64_000_000_000);
        Serve(dram, Read(10_000)).ShouldBe([80_000UL]);
        Serve(dram, Read(9_000)).ShouldBe([82_000UL]);
    }

    [Fact]
    public void Bandwidth_IsReachedAndNeverExceeded()
    {
        FlatDram dram = Dram(25_600_000_000);
        ulong[] latencies = Serve(dram, [.. Enumerable.Repeat(Read(0), 40_000)]);

        // 40000 lines of 64 B at 25.6 GB/s are 100 us; the last starts one line earlier.
        latencies[^1].ShouldBe(80_000UL + 100_000_000 - 2_500);
        Value(dram, "utilisation").ShouldBe(new BigRational(1, 1));
    }

    /// <summary>Law 7 in small: W = rho x service / (2 (1 - rho)).</summary>
    [Theory]
    [InlineData(0.3, 11)]
    [InlineData(0.6, 12)]
    [InlineData(0.8, 13)]
    public void PoissonArrivals_WaitAsMD1Says(double load, int seed)
    {
        const double ServicePs = 1000;
        const int Count = 400_000;
        Random random = new(seed);
        FlatDram dram = Dram(64_000_000_000);
        double at = 0;
        double sum = 0;
        VirtualDuration[] latency = new VirtualDuration[1];
        for (int i = 0; i < Count; i++)
        {
            at += -Math.Log(1 - random.NextDouble()) * ServicePs / load;
            dram.Weave([Read((ulong)at)], latency);
            sum += latency[0].Picoseconds - 80_000.0;
        }

        double expected = load * ServicePs / (2 * (1 - load));
        (sum / Count).ShouldBe(expected, expected * 0.05, $"seed {seed}");
        Value(dram, "queueingTimeMean").ToDouble().ShouldBe(sum / Count, 0.001);
    }

    [Fact]
    public void Weave_AllocatesNothing()
    {
        FlatDram dram = Dram(7_000_000_000);
        MemoryRequest[] requests = [Read(0), Writeback(10), Read(20)];
        VirtualDuration[] latencies = new VirtualDuration[3];
        dram.Weave(requests, latencies);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            dram.Weave(requests, latencies);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void ResetStatistics_KeepsTheChannelsBusy()
    {
        FlatDram dram = Dram(64_000_000_000);
        Serve(dram, Read(0));
        dram.ResetStatistics();
        Serve(dram, Read(0)).ShouldBe([81_000UL]);
        Value(dram, "reads").ShouldBe(new BigRational(1, 1));
        Value(dram, "queueingTime").ShouldBe(new BigRational(1000, 1));
    }

    [Theory]
    [InlineData(0UL, 64_000_000_000UL, 1, 64, "dram.latency")]
    [InlineData(80UL, 0UL, 1, 64, "dram.bandwidth")]
    [InlineData(80UL, 64_000_000_000UL, 0, 64, "dram.channels")]
    [InlineData(80UL, 64_000_000_000UL, 1, 48, "dram.line_size")]
    public void Options_AreRefusedByKey(
        ulong latencyPs, ulong bandwidth, int channels, int line, string key)
    {
        FlatDramOptions options = new()
        {
            Latency = VirtualDuration.FromPicoseconds(latencyPs),
            BandwidthBitsPerSecond = bandwidth,
            Channels = channels,
            LineSizeBytes = line,
        };
        Should.Throw<ConfigException>(() => new FlatDram("dram", options)).Key.ShouldBe(key);
    }

    private static FlatDram Dram(ulong bandwidthBytes, int channels = 1) =>
        new("dram", Options(bandwidthBytes, channels));

    private static FlatDramOptions Options(ulong bandwidthBytes, int channels = 1) => new()
    {
        Latency = VirtualDuration.FromNanoseconds(80),
        BandwidthBitsPerSecond = bandwidthBytes * 8,
        Channels = channels,
        LineSizeBytes = 64,
    };

    private static MemoryRequest Read(ulong atPs, ulong line = 0) => new(
        VirtualTime.FromPicoseconds(atPs), new VcpuId(0), 0, line, MemoryEventKind.Load);

    private static MemoryRequest Writeback(ulong atPs) => new(
        VirtualTime.FromPicoseconds(atPs), new VcpuId(0), 0, 0, MemoryEventKind.Writeback);

    private static ulong[] Serve(FlatDram dram, params MemoryRequest[] requests)
    {
        VirtualDuration[] latencies = new VirtualDuration[requests.Length];
        dram.Weave(requests, latencies);
        return [.. latencies.Select(l => l.Picoseconds)];
    }

    private static BigRational Value(FlatDram dram, string name)
    {
        StatisticsList list = new();
        dram.Collect(list);
        Statistic statistic = list.Items.Single(s => s.Name == name);
        return new BigRational(statistic.Value, statistic.Divisor);
    }

    private readonly record struct BigRational
    {
        public BigRational(BigInteger numerator, BigInteger denominator)
        {
            BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
            Numerator = numerator / divisor;
            Denominator = denominator / divisor;
        }

        public BigRational(UInt128 numerator, UInt128 denominator)
            : this((BigInteger)numerator, (BigInteger)denominator)
        {
        }

        public BigRational(int numerator, int denominator)
            : this((BigInteger)numerator, denominator)
        {
        }

        public BigInteger Numerator { get; }

        public BigInteger Denominator { get; }

        public double ToDouble() => (double)Numerator / (double)Denominator;
    }
}
