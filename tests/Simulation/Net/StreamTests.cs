using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation.Net;

public sealed class StreamTests
{
    private const ulong Gigabit = 1_000_000_000;
    private static readonly VirtualTime s_end = VirtualTime.FromPicoseconds(3_600_000_000_000_000);

    private readonly Lab _lab = new();

    [Fact]
    public void Handshake_TakesARoundTripAndAgreesOnSegmentsAndScales()
    {
        (Station one, Station two, ScriptedWire wire) = Pair(VirtualDuration.FromMicroseconds(50));
        TcpListener listener = Transfer.Listen(two, 80);
        one.Stack.Tcp.Connect(
            null, new InternetEndpoint(two.Address, 80), new TcpSettings(), out TcpConnection? it);
        _lab.RunUntil(s_end, () => it!.State == TcpState.Established).ShouldBeTrue();

        // SYN and SYN+ACK are 14 + 20 + 28 bytes.
        _lab.Now.Picoseconds.ShouldBe((2 * 62 * 8 * 1000UL) + 100_000_000);
        it!.SegmentBytes.ShouldBe(1460);
        it.Congestion.WindowBytes.ShouldBe(14_600);
        it.RoundTrip.Smoothed.Picoseconds.ShouldBe(_lab.Now.Picoseconds);
        _lab.RunUntil(s_end, () => listener.WaitingCount == 1).ShouldBeTrue();
        wire.FrameCount.ShouldBe(3);
    }

    [Fact]
    public void Transfer_ArrivesAndBothEndsForget()
    {
        (Station one, Station two, _) = Pair(VirtualDuration.FromMicroseconds(50));
        Transfer transfer = new(_lab, one, two, 3_000_000);
        _lab.RunUntil(s_end, () => transfer.EndedAt is not null).ShouldBeTrue();
        transfer.ReceivedBytes.ShouldBe(3_000_000);
        transfer.IsCorrupt.ShouldBeFalse();
        transfer.Sender.RetransmitCount.ShouldBe(0UL);
        _lab.RunUntil(s_end, () => two.Stack.Tcp.ConnectionCount == 0).ShouldBeTrue();
        transfer.Sender.State.ShouldBe(TcpState.TimeWait);
        VirtualTime closed = _lab.Now;
        _lab.RunUntil(s_end, () => one.Stack.Tcp.ConnectionCount == 0).ShouldBeTrue();
        (_lab.Now - closed).ShouldBeLessThanOrEqualTo(
            TcpLayer.TimeWaitLifetime + VirtualDuration.FromMilliseconds(1));
    }

    /// <summary>The lower of what the line carries and a window each round trip.</summary>
    [Theory]
    [InlineData(50, 65_536)]
    [InlineData(500, 65_536)]
    [InlineData(5_000, 65_536)]
    [InlineData(5_000, 1 << 20)]
    [InlineData(20_000, 1 << 20)]
    [InlineData(20_000, 3 << 20)]
    public void Throughput_IsTheLowerOfLinkAndWindowOverRoundTrip(ulong latencyUs, int window)
    {
        (Station one, Station two, ScriptedWire wire) =
            Pair(VirtualDuration.FromMicroseconds(latencyUs));
        TcpSettings settings = new() { ReceiveWindowBytes = window, SendBufferBytes = 8 << 20 };
        Transfer transfer = new(_lab, one, two, long.MaxValue / 4, settings, settings);

        // Slow start is over.
        VirtualTime from = VirtualTime.FromPicoseconds(600_000_000_000);
        _lab.Run(from);
        long before = transfer.ReceivedBytes;
        _lab.Run(from + VirtualDuration.FromMilliseconds(200));
        double rate = 5 * 8.0 * (transfer.ReceivedBytes - before);

        double link = (double)Gigabit * 1460 / 1514;
        double roundTrip = (2e-6 * latencyUs) + (Seconds(wire, 1514) + Seconds(wire, 60));
        double expected = Math.Min(link, 8.0 * window / roundTrip);
        rate.ShouldBe(expected, expected * 0.05);
        transfer.IsCorrupt.ShouldBeFalse();
        transfer.Sender.RetransmitCount.ShouldBe(0UL);
        one.Interface.Counters.SendDrops.ShouldBe(0UL);
    }

    [Fact]
    public void Autotuning_OpensTheWindowUntilTheLinkIsFull()
    {
        (Station one, Station two, _) = Pair(VirtualDuration.FromMilliseconds(5));
        Transfer transfer = new(_lab, one, two, long.MaxValue / 4);
        _lab.Run(VirtualTime.FromPicoseconds(500_000_000_000));
        long before = transfer.ReceivedBytes;
        _lab.Run(VirtualTime.FromPicoseconds(700_000_000_000));
        double link = (double)Gigabit * 1460 / 1514;
        (5 * 8.0 * (transfer.ReceivedBytes - before)).ShouldBe(link, link * 0.05);
    }

    /// <summary>Each round trip the window doubles: 10, 20, 40, ... segments.</summary>
    [Fact]
    public void SlowStart_DoublesEachRoundTrip()
    {
        (Station one, Station two, ScriptedWire wire) = Pair(VirtualDuration.FromMilliseconds(50));
        TcpSettings settings = new() { ReceiveWindowBytes = 8 << 20, SendBufferBytes = 8 << 20 };
        SortedDictionary<ulong, int> perRound = [];
        wire.Tap = frame =>
        {
            if (frame.Port == 0 && frame.Bytes.Length == 1514)
            {
                ulong round = frame.Departure.Picoseconds / 100_000_000_000;
                perRound[round] = perRound.GetValueOrDefault(round) + 1;
            }
        };
        _ = new Transfer(_lab, one, two, 4_000_000, settings, settings);
        _lab.Run(VirtualTime.FromPicoseconds(690_000_000_000));
        perRound.Values.Take(6).ShouldBe([10, 20, 40, 80, 160, 320]);
    }

    [Fact]
    public void SilentPeer_IsAskedWithDoublingTimeouts_ThenGivenUp()
    {
        (Station one, Station two, ScriptedWire wire) = Pair(VirtualDuration.FromMilliseconds(1));
        Transfer transfer = new(_lab, one, two, long.MaxValue / 4);
        _lab.Run(VirtualTime.FromPicoseconds(50_000_000_000));
        VirtualDuration smoothed = transfer.Sender.RoundTrip.Smoothed;
        smoothed.ShouldBeLessThan(VirtualDuration.FromMilliseconds(50));
        List<VirtualTime> resent = [];
        wire.Script = frame =>
        {
            if (frame.Port == 0)
            {
                resent.Add(frame.Departure);
            }

            return [];
        };
        _lab.Run(VirtualTime.FromPicoseconds(55_000_000_000));
        resent.Clear();
        _lab.RunUntil(s_end, () => transfer.Sender.HasError).ShouldBeTrue();
        transfer.Sender.TakeError().ShouldBe(Errno.ETIMEDOUT);
        ulong[] gaps =
        [
            .. resent.Zip(resent.Skip(1), (a, b) => (b - a).Picoseconds / 1_000_000_000),
        ];
        gaps.ShouldBe(
        [
            400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 102_400,
            120_000, 120_000, 120_000, 120_000, 120_000,
        ]);
    }

    [Fact]
    public void UnansweredSyn_IsSentSevenTimes()
    {
        (Station one, Station two, ScriptedWire wire) = Pair(VirtualDuration.FromMilliseconds(1));
        List<ulong> sent = [];
        wire.Script = frame =>
        {
            sent.Add(frame.Departure.Picoseconds / 1_000_000_000_000);
            return [];
        };
        one.Stack.Tcp.Connect(
            null, new InternetEndpoint(two.Address, 80), new TcpSettings(), out TcpConnection? it);
        _lab.RunUntil(s_end, () => it!.HasError).ShouldBeTrue();
        sent.ShouldBe([0UL, 1, 3, 7, 15, 31, 63]);
        it!.TakeError().ShouldBe(Errno.ETIMEDOUT);
        (_lab.Now.Picoseconds / 1_000_000_000_000).ShouldBe(127UL);
    }

    [Fact]
    public void ClosedPort_Refuses()
    {
        (Station one, Station two, _) = Pair(VirtualDuration.FromMilliseconds(1));
        one.Stack.Tcp.Connect(
            null, new InternetEndpoint(two.Address, 80), new TcpSettings(), out TcpConnection? it);
        _lab.RunUntil(s_end, () => it!.HasError).ShouldBeTrue();
        it!.TakeError().ShouldBe(Errno.ECONNREFUSED);
        one.Stack.Tcp.ConnectionCount.ShouldBe(0);
    }

    [Fact]
    public void OneLoss_IsRepairedInARoundTrip_WithoutTimeout()
    {
        (Station one, Station two, ScriptedWire wire) = Pair(VirtualDuration.FromMilliseconds(1));
        int data = 0;
        wire.Script = frame =>
            frame.Port == 0 && frame.Bytes.Length == 1514 && ++data == 100
                ? [] : [VirtualDuration.Zero];
        Transfer transfer = new(_lab, one, two, 2_000_000);
        _lab.RunUntil(s_end, () => transfer.EndedAt is not null).ShouldBeTrue();
        transfer.IsCorrupt.ShouldBeFalse();
        transfer.Sender.RetransmitCount.ShouldBe(1UL);
        one.Stack.Tcp.Counters.FastRetransmits.ShouldBe(1UL);
        one.Stack.Tcp.Counters.Timeouts.ShouldBe(0UL);
    }

    [Fact]
    public void ClosedWindow_IsProbedUntilItOpens()
    {
        (Station one, Station two, ScriptedWire wire) = Pair(VirtualDuration.FromMilliseconds(1));
        const int Window = 60_000;
        TcpListener listener = Transfer.Listen(
            two, 80, new TcpSettings { ReceiveWindowBytes = Window });
        one.Stack.Tcp.Connect(
            null, new InternetEndpoint(two.Address, 80), new TcpSettings(), out TcpConnection? it);
        _lab.RunUntil(s_end, () => listener.WaitingCount == 1).ShouldBeTrue();
        listener.TryAccept(out TcpConnection? other).ShouldBeTrue();
        byte[] bytes = new byte[100_000];
        int written = it!.Write(bytes);
        VirtualTime full = VirtualTime.FromPicoseconds(1_000_000_000_000);
        _lab.Run(full);
        written += it.Write(bytes);
        _lab.Run(VirtualTime.FromPicoseconds(2_000_000_000_000));
        it.PeerWindowBytes.ShouldBe(0u);
        int ready = other!.ReadyBytes;
        ready.ShouldBeInRange(Window, Window + (2 * 1460));
        int frames = wire.FrameCount;
        _lab.Run(VirtualTime.FromPicoseconds(20_000_000_000_000));
        wire.FrameCount.ShouldBeInRange(frames + 4, frames + 16);

        // The window update is lost: only a probe can tell.
        wire.Script = _ => [];
        other.Read(new byte[ready]).ShouldBe(ready);
        wire.Script = null;
        _lab.RunUntil(s_end, () => it.UnacknowledgedBytes == 0).ShouldBeTrue();
        other.ReadyBytes.ShouldBe(written - ready);
    }

    private (Station One, Station Two, ScriptedWire Wire) Pair(VirtualDuration latency)
    {
        ScriptedWire wire = new(_lab, Gigabit, latency);
        Station one = new(_lab, wire, 1, o => o with { Hosts = Station.Known(2) });
        Station two = new(_lab, wire, 2, o => o with { Hosts = Station.Known(2) });
        return (one, two, wire);
    }

    private static double Seconds(ScriptedWire wire, int bytes) =>
        wire.TransmissionTime(bytes).Picoseconds * 1e-12;
}
