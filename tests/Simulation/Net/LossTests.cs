using Dilaton.Core;
using Dilaton.Guest;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation.Net;

public sealed class LossTests
{
    private const ulong TenGigabit = 10_000_000_000;
    private static readonly VirtualDuration s_halfTrip = VirtualDuration.FromMilliseconds(5);
    private static readonly VirtualTime s_end = VirtualTime.FromPicoseconds(7_200_000_000_000_000);

    private readonly Lab _lab = new();

    /// <summary>Frames are lost, doubled, delayed past others and damaged, as the seed says: what
    /// is read is what was written, and both ends come to their end.</summary>
    [Fact]
    public void WhateverTheWireDoes_TheStreamIsWhatWasWritten() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            SeededRandom random = new((ulong)seed);
            Lab lab = new();
            ScriptedWire wire = new(lab, 100_000_000, VirtualDuration.FromMicroseconds(300));
            ulong trouble = 2 + (random.Next() % 12);
            wire.Script = _ => Trouble(random, trouble);
            wire.Damage = frame => Damage(frame, random, 4 * trouble);
            Station one = Join(lab, wire, 1, Station.BandwidthDefault);
            Station two = Join(lab, wire, 2, Station.BandwidthDefault);
            long total = 1 + (long)(random.Next() % 300_000);
            Transfer there = new(lab, one, two, total);
            Transfer back = new(lab, two, one, total / 3, port: 5001);
            lab.RunUntil(s_end, () => there.EndedAt is not null && back.EndedAt is not null)
                .ShouldBeTrue($"{there.Sender.State} {there.ReceivedBytes}/{total}");
            there.ReceivedBytes.ShouldBe(total);
            (there.IsCorrupt || back.IsCorrupt).ShouldBeFalse();
            lab.RunUntil(
                s_end,
                () => one.Stack.Tcp.ConnectionCount + two.Stack.Tcp.ConnectionCount == 0)
                .ShouldBeTrue();
        }).CheckSeeded();

    /// <summary>One segment of every n is lost, evenly: the sawtooth of Mathis, Semke, Mahdavi and
    /// Ott (1997), rate = MSS / RTT x sqrt(3 / 2p).</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(4000)]
    public void EvenLoss_GivesMathisRate(int oneIn)
    {
        double rate = MeasureUnderLoss(counter => counter % oneIn == oneIn / 2);
        double expected = Mathis(1.0 / oneIn);
        rate.ShouldBe(expected, 0.05 * expected);
    }

    /// <summary>Loss by chance: the same law with 1.31 for sqrt(3/2), as the paper's table has it.
    /// </summary>
    [Fact]
    public void RandomLoss_GivesMathisRate()
    {
        const int OneIn = 1000;
        SeededRandom random = new(Seeded.Seed);
        double rate = MeasureUnderLoss(_ => random.Next() % OneIn == 0);
        double expected = Mathis(1.0 / OneIn) * 1.31 / Math.Sqrt(1.5);
        rate.ShouldBe(expected, 0.1 * expected);
    }

    [Fact]
    public void TwoFlows_ShareABottleneckFairly()
    {
        const ulong Bottleneck = 100_000_000;
        const int QueueFrames = 60;
        ScriptedWire wire = new(_lab, TenGigabit, VirtualDuration.FromMilliseconds(2));
        SeededRandom random = new(Seeded.Seed);
        Frequency rate = new(Bottleneck);
        VirtualTime free = VirtualTime.Zero;
        VirtualDuration full = rate.ToDuration(QueueFrames * 1514 * 8);
        wire.Script = frame =>
        {
            if (frame.Bytes.Length < 1000)
            {
                return [VirtualDuration.Zero];
            }

            // The queue in front of the receiver; what comes at once is mixed a little.
            VirtualTime start = VirtualTime.Max(free, frame.Departure);
            VirtualDuration wait = start - frame.Departure;
            if (wait > full)
            {
                return [];
            }

            free = start + rate.ToDuration((UInt128)frame.Bytes.Length * 8);
            return [wait + new VirtualDuration(random.Next() % 20_000_000)];
        };
        Station to = Join(_lab, wire, 3, TenGigabit);
        TcpSettings settings = Open();
        Transfer one = new(
            _lab, Join(_lab, wire, 1, TenGigabit), to, long.MaxValue / 4, settings, settings);
        Transfer two = new(
            _lab, Join(_lab, wire, 2, TenGigabit), to, long.MaxValue / 4, settings, settings, 5001);
        _lab.Run(VirtualTime.FromPicoseconds(5_000_000_000_000));
        (long First, long Second) before = (one.ReceivedBytes, two.ReceivedBytes);
        _lab.Run(VirtualTime.FromPicoseconds(35_000_000_000_000));
        double first = (one.ReceivedBytes - before.First) * 8.0 / 30;
        double second = (two.ReceivedBytes - before.Second) * 8.0 / 30;
        double link = (double)Bottleneck * 1460 / 1514;
        (first + second).ShouldBe(link, 0.05 * link);
        first.ShouldBe(link / 2, 0.1 * link / 2);
        (one.IsCorrupt || two.IsCorrupt).ShouldBeFalse();
    }

    private double MeasureUnderLoss(Func<int, bool> loses)
    {
        ScriptedWire wire = new(_lab, TenGigabit, s_halfTrip);
        int counter = 0;
        wire.Script = frame => frame.Bytes.Length == 1514 && loses(counter++)
            ? [] : [VirtualDuration.Zero];
        Station one = Join(_lab, wire, 1, TenGigabit);
        Station two = Join(_lab, wire, 2, TenGigabit);
        TcpSettings settings = Open();
        Transfer transfer = new(_lab, one, two, long.MaxValue / 4, settings, settings);
        _lab.Run(VirtualTime.FromPicoseconds(5_000_000_000_000));
        long before = transfer.ReceivedBytes;
        _lab.Run(VirtualTime.FromPicoseconds(20_000_000_000_000));
        transfer.IsCorrupt.ShouldBeFalse();
        return (transfer.ReceivedBytes - before) / 15.0;
    }

    private static double Mathis(double loss) =>
        1460 / (2e-12 * s_halfTrip.Picoseconds) * Math.Sqrt(1.5 / loss);

    private static TcpSettings Open() =>
        new() { ReceiveWindowBytes = 3 << 20, SendBufferBytes = 4 << 20 };

    private static IReadOnlyList<VirtualDuration> Trouble(SeededRandom random, ulong oneIn)
    {
        if (random.Next() % oneIn != 0)
        {
            return [VirtualDuration.Zero];
        }

        VirtualDuration late = VirtualDuration.FromMicroseconds(random.Next() % 3000);
        return (random.Next() % 3) switch
        {
            0 => [],
            1 => [VirtualDuration.Zero, late],
            _ => [late],
        };
    }

    /// <summary>Turns one bit round, in a copy: what was sent is nobody's to change.</summary>
    private static ReadOnlyMemory<byte> Damage(
        ReadOnlyMemory<byte> frame, SeededRandom random, ulong oneIn)
    {
        if (random.Next() % oneIn != 0)
        {
            return frame;
        }

        byte[] damaged = frame.ToArray();
        damaged[random.Next() % (ulong)damaged.Length] ^= (byte)(1 << (int)(random.Next() % 8));
        return damaged;
    }

    private static Station Join(Lab lab, ScriptedWire wire, int number, ulong bandwidth) =>
        new(lab, wire, number, options => options with
        {
            BandwidthBitsPerSecond = bandwidth,
            Hosts = Station.Known(3),
        });
}
