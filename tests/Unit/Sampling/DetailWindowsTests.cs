using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Memory;
using Dilaton.Tests.Unit.Models;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What estimates are made of: each window's accesses through caches, issue engine and DRAM.
/// </summary>
public sealed class DetailWindowsTests
{
    private const int Instructions = 100;

    /// <summary>If windows see all there is, the estimate is the truth.</summary>
    [Fact]
    public void WindowsOfEverything_GiveWhatTheHierarchyCounts()
    {
        CacheHierarchy caches = Caches();
        DetailWindows windows = Windows(caches);
        Random random = new(5);
        for (int i = 0; i < 50; i++)
        {
            Append(windows, 0, isMeasured: true, Addresses(random, 40, lines: 30));
            windows.EndWindow(new VcpuId(0), isWhole: true, 10);
        }

        StatisticsList counted = new();
        caches.Collect(counted);
        double all = 50 * Instructions;
        foreach (string row in new[] { "loadHits", "loadMisses" })
        {
            foreach (string level in new[] { "l1d", "l2", "l3" })
            {
                double sum = counted.Items
                    .Where(s => s.Name.EndsWith($"{level}.{row}", StringComparison.Ordinal))
                    .Sum(s => (double)s.Value);
                Value(windows, $"{level}.{row}.mean").ShouldBe(sum / all, 1e-12);
            }
        }

        Value(windows, "accesses.mean").ShouldBe(0.4, 1e-12);
        Value(windows, "windows").ShouldBe(50);
        double mean = Value(windows, "l1d.missRatio.mean");
        mean.ShouldBeInRange(
            Value(windows, "l1d.missRatio.low"), Value(windows, "l1d.missRatio.high"));
        Value(windows, "l1d.missRatio.warmLow").ShouldBeLessThan(mean);
    }

    [Fact]
    public void Warmup_CountsForNothing_AndLeavesNothingUnknown()
    {
        ulong[] addresses = Addresses(new Random(6), 40, lines: 8);
        DetailWindows cold = Windows(Caches());
        DetailWindows warm = Windows(Caches());
        for (int i = 0; i < 2; i++)
        {
            Append(warm, 0, isMeasured: false, addresses);
            Append(warm, 0, isMeasured: true, addresses);
            Append(cold, 0, isMeasured: true, addresses);
            warm.EndWindow(new VcpuId(0), isWhole: true, 10);
            cold.EndWindow(new VcpuId(0), isWhole: true, 10);
        }

        Value(warm, "instructions").ShouldBe(2 * Instructions);
        Value(warm, "warmup").ShouldBe(2 * Instructions);
        Value(warm, "unwarmed.mean").ShouldBe(0);
        Value(cold, "unwarmed.mean").ShouldBe(8.0 / Instructions, 1e-12);
        Value(cold, "requests.warmHigh").ShouldBeGreaterThanOrEqualTo(8.0 / Instructions);
        Value(cold, "requests.warmLow").ShouldBe(0);
    }

    /// <summary>Loads from DRAM one after the other: each waits for its whole way but the L1 hit's part, and
    /// each of 100 instructions is a cycle.</summary>
    [Fact]
    public void Stall_IsThatOfTheIssueEngine()
    {
        const int Loads = 10;
        CacheHierarchy caches = Caches();
        ulong[] addresses = [.. Enumerable.Range(0, Loads).Select(i => 0x10_0000UL + ((ulong)i * 64))];
        MissBuffer misses = new();
        Caches().Access(Block(0, addresses), misses);
        ulong known = 0;
        foreach (CacheMiss miss in misses.Misses)
        {
            miss.BehindCut.ShouldBeTrue();
            known += miss.Cycles;
        }

        DetailWindows windows = Windows(caches);
        Append(windows, 0, isMeasured: true, addresses);
        windows.EndWindow(new VcpuId(0), isWhole: true, 10);
        double stall = known + (Loads * 80) - (Loads * 4) + (Loads * 3);
        Value(windows, "stall.mean").ShouldBe(stall / Instructions, 1e-12);
        Value(windows, "cpi.mean").ShouldBe(1 + (stall / Instructions), 1e-12);
    }

    [Fact]
    public void WindowsOfTwoCores_AreSamplesOfTheirOwn()
    {
        DetailWindows windows = Windows(Caches());
        Append(windows, 0, isMeasured: true, Addresses(new Random(1), 10, lines: 8));
        Append(windows, 1, isMeasured: true, Addresses(new Random(2), 30, lines: 8));
        windows.EndWindow(new VcpuId(1), isWhole: false, 10);
        windows.EndWindow(new VcpuId(0), isWhole: true, 10);
        Value(windows, "windows").ShouldBe(2);
        Value(windows, "cut").ShouldBe(1);
        Value(windows, "accesses.mean").ShouldBe(0.2, 1e-12);

        // 0.1 and 0.3: 0.2 +- t * 0.1, with a t of 2.
        Value(windows, "accesses.high").ShouldBe(0.4, 1e-9);
        windows.ResetStatistics();
        Value(windows, "windows").ShouldBe(0);
    }

    [Fact]
    public void AWindowInProgress_CountsFromTheResetOn()
    {
        DetailWindows windows = Windows(Caches());
        Append(windows, 0, isMeasured: true, Addresses(new Random(1), 40, lines: 8));
        windows.ResetStatistics();
        Append(windows, 0, isMeasured: true, Addresses(new Random(2), 10, lines: 8));
        windows.EndWindow(new VcpuId(0), isWhole: true, 10);
        Value(windows, "instructions").ShouldBe(Instructions);
        Value(windows, "accesses.mean").ShouldBe(0.1, 1e-12);
        Value(windows, "unwarmed.mean").ShouldBe(0);
    }

    private static CacheHierarchy Caches() => new("m", TestCaches.Tiny, TestCaches.Clocks(2));

    private static DetailWindows Windows(CacheHierarchy caches) => new(
        2,
        new DetailOptions
        {
            Frequency = TestCaches.Clock,
            Cost = new CoreCost(Ratio.One, 3),
            StoreBufferEntries = 4,
            Quantile = _ => 2,
        },
        caches,
        new FlatDram("m", new FlatDramOptions
        {
            Latency = VirtualDuration.FromNanoseconds(80),
            BandwidthBitsPerSecond = 800_000_000_000,
            Channels = 1,
            LineSizeBytes = TestCaches.LineSizeBytes,
        }));

    private static ulong[] Addresses(Random random, int count, int lines) =>
        [.. Enumerable.Range(0, count).Select(i => 0x10_0000UL
            + ((ulong)(i < lines ? i : random.Next(lines)) * TestCaches.LineSizeBytes))];

    private static void Append(DetailWindows windows, int vcpu, bool isMeasured, ulong[] addresses)
    {
        ulong units = Instructions + ((ulong)addresses.Length * 3);
        windows.Append(
            Block(vcpu, addresses), new DetailCount(isMeasured, Instructions, units, Unseen: 0));
    }

    /// <summary>Loads of 8 bytes, an instruction each.</summary>
    private static MemoryEventBlock Block(int vcpu, ulong[] addresses)
    {
        uint[] offsets = [.. Enumerable.Range(0, addresses.Length).Select(i => (uint)(i * 4))];
        byte[] sizes = new byte[addresses.Length];
        Array.Fill(sizes, (byte)8);
        return new MemoryEventBlock
        {
            Vcpu = new VcpuId(vcpu),
            Addresses = addresses,
            Sizes = sizes,
            Kinds = new MemoryEventKind[addresses.Length],
            Offsets = offsets,
            Suppressed = default,
        };
    }

    private static double Value(DetailWindows windows, string name)
    {
        StatisticsList list = new();
        windows.Collect(list);
        Statistic item = list.Items.Single(s => s.Name == name);
        return (double)item.Value / (double)item.Divisor;
    }
}
