using Dilaton.Core;
using Dilaton.Models.Disk;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>A disk's times against closed forms.</summary>
public sealed class DiskModelTests
{
    private const ulong Millisecond = 1_000_000_000;

    [Fact]
    public void ARequestAlone_TakesLatencyAndItsTransfer()
    {
        DiskModel disk = Model(latencyPs: 100, bandwidth: 8_000_000_000_000);
        disk.Complete(new VirtualTime(7), DiskAction.Read, 4096).ShouldBe(new VirtualTime(7 + 100 + 4096));
        disk.Complete(new VirtualTime(9000), DiskAction.Write, 1).ShouldBe(new VirtualTime(9000 + 100 + 1));
    }

    /// <summary>Latencies overlap, transfers don't: the last of n is done after one latency and n transfers.
    /// </summary>
    [Fact]
    public void RequestsAtOnce_ShareTheMedium()
    {
        DiskModel disk = Model(latencyPs: 100, bandwidth: 8_000_000_000_000, depth: 8);
        for (ulong i = 1; i <= 8; i++)
        {
            disk.Complete(VirtualTime.Zero, DiskAction.Read, 1000).ShouldBe(new VirtualTime(100 + (i * 1000)));
        }
    }

    /// <summary>Without a medium that binds, depth requests end in each latency (Little's law).</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void MoreThanItsDepth_WaitForAPlace(int depth)
    {
        DiskModel disk = Model(latencyPs: 100, bandwidth: null, depth);
        for (int i = 0; i < 40; i++)
        {
            disk.Complete(VirtualTime.Zero, DiskAction.Read, 512)
                .ShouldBe(new VirtualTime(100 * ((ulong)(i / depth) + 1)));
        }
    }

    /// <summary>A rate that no picosecond divides: 10^5 transfers end where their sum does, rounded up once.
    /// </summary>
    [Fact]
    public void Transfers_DoNotDrift()
    {
        const ulong Bandwidth = 7_000_000_007;
        DiskModel disk = Model(latencyPs: 0, Bandwidth, depth: 1024);
        VirtualTime end = VirtualTime.Zero;
        for (int i = 0; i < 100_000; i++)
        {
            end = disk.Complete(VirtualTime.Zero, DiskAction.Write, 513);
        }

        UInt128 picoseconds = (UInt128)513 * 8 * 100_000 * 1_000_000_000_000;
        end.Picoseconds.ShouldBe((ulong)((picoseconds + Bandwidth - 1) / Bandwidth));
    }

    [Fact]
    public void AFlush_WaitsForAllBefore_AndHoldsUpNothing()
    {
        DiskModel disk = Model(latencyPs: 100, bandwidth: null, depth: 1);
        disk.Complete(VirtualTime.Zero, DiskAction.Write, 512).ShouldBe(new VirtualTime(100));
        disk.Complete(VirtualTime.Zero, DiskAction.Write, 512).ShouldBe(new VirtualTime(200));
        disk.Complete(new VirtualTime(1), DiskAction.Flush, 0).ShouldBe(new VirtualTime(300));
        disk.Complete(new VirtualTime(1), DiskAction.Read, 512).ShouldBe(new VirtualTime(300));
        disk.Complete(new VirtualTime(1000), DiskAction.Flush, 0).ShouldBe(new VirtualTime(1100));
    }

    /// <summary>The law of perceived rates: a disk of TDF times the rate and a TDF-th of the latency does the
    /// same work in a TDF-th of the time, and scaled down first it does it in the same.</summary>
    [Fact]
    public void ADilatedDisk_SeemsTdfTimesAsFast()
    {
        ulong real = Work(Model(Millisecond, 800_000_000, depth: 4));
        ulong dilated = Work(Model(Millisecond / 10, 8_000_000_000, depth: 4));
        real.ShouldBe(10 * dilated);
    }

    [Theory]
    [InlineData(0, 100UL, "depth")]
    [InlineData(1025, 100UL, "depth")]
    [InlineData(1, 0UL, "bandwidth")]
    public void FiguresOutOfRange_AreRefused(int depth, ulong bandwidth, string key) =>
        Should.Throw<ConfigException>(() => Model(1, bandwidth, depth)).Message.ShouldContain(key);

    [Fact]
    public void Statistics_AreOfRequestsAndTheirTimes()
    {
        DiskModel disk = Model(latencyPs: 100, bandwidth: null, depth: 1);
        disk.Complete(VirtualTime.Zero, DiskAction.Read, 512);
        disk.Complete(VirtualTime.Zero, DiskAction.Write, 512);
        StatisticsList list = new();
        disk.Collect(list);
        list.Items.ToDictionary(item => item.Name, item => item.Value).ShouldBe(
            new Dictionary<string, UInt128>
            {
                ["reads"] = 1,
                ["writes"] = 1,
                ["flushes"] = 0,
                ["bytes"] = 1024,
                ["queueTime"] = 100,
                ["serviceTime"] = 300,
            },
            ignoreOrder: true);
    }

    /// <returns>When a mix of requests, of which each waits for the third before it, is over.</returns>
    private static ulong Work(DiskModel disk)
    {
        Queue<VirtualTime> atWork = new();
        VirtualTime now = VirtualTime.Zero;
        for (ulong i = 0; i < 1000; i++)
        {
            if (atWork.Count == 3)
            {
                now = VirtualTime.Max(now, atWork.Dequeue());
            }

            atWork.Enqueue(disk.Complete(now, i % 2 == 0 ? DiskAction.Read : DiskAction.Write, 512 * (1 + (i % 8))));
        }

        return atWork.Last().Picoseconds;
    }

    private static DiskModel Model(ulong latencyPs, ulong? bandwidth, int depth = 32) => new("disk", new DiskOptions
    {
        Latency = new VirtualDuration(latencyPs),
        BandwidthBitsPerSecond = bandwidth,
        Depth = depth,
    });
}
