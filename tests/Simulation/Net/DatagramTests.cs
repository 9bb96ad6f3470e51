using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation.Net;

public sealed class DatagramTests
{
    private static readonly VirtualDuration s_latency = VirtualDuration.FromMicroseconds(10);
    private static readonly VirtualTime s_end = VirtualTime.FromPicoseconds(100_000_000_000_000);

    private readonly Lab _lab = new();
    private readonly ScriptedWire _wire;

    public DatagramTests() => _wire = new ScriptedWire(_lab, Station.BandwidthDefault, s_latency);

    [Fact]
    public void FirstDatagram_WaitsForArpAndArrivesToThePicosecond()
    {
        Station one = new(_lab, _wire, 1);
        Station two = new(_lab, _wire, 2);
        UdpEndpoint receiver = Bound(two, 7);
        Send(one, Bound(one, 9), new InternetEndpoint(two.Address, 7), 100);
        _lab.RunUntil(s_end, () => receiver.HasDatagram).ShouldBeTrue();

        // Request and answer are 60 bytes each, then 14 + 20 + 8 + 100.
        ulong bits = (60 + 60 + 142) * 8;
        _lab.Now.Picoseconds.ShouldBe((bits * 1_000) + (3 * s_latency.Picoseconds));
        receiver.Peek().Source.ShouldBe(new InternetEndpoint(one.Address, 9));
        receiver.Take().Payload.ToArray().ShouldBe(Bytes(100));
    }

    [Fact]
    public void SecondDatagram_NeedsNoArp_UntilTheAnswerIsTooOld()
    {
        Station one = new(_lab, _wire, 1);
        Station two = new(_lab, _wire, 2);
        UdpEndpoint receiver = Bound(two, 7);
        UdpEndpoint sender = Bound(one, 9);
        InternetEndpoint to = new(two.Address, 7);
        Send(one, sender, to, 1);
        _lab.Run(VirtualTime.FromPicoseconds(1_000_000_000_000));
        _wire.FrameCount.ShouldBe(3);
        Send(one, sender, to, 1);
        _lab.Run(VirtualTime.FromPicoseconds(2_000_000_000_000));
        _wire.FrameCount.ShouldBe(4);
        _lab.Run(VirtualTime.FromPicoseconds(61_000_000_000_000));
        Send(one, sender, to, 1);
        _lab.Run(s_end);
        _wire.FrameCount.ShouldBe(7);
        receiver.ReceivedChargeBytes.ShouldBe(3 * (1 + Datagram.OverheadBytes));
    }

    [Fact]
    public void SilentStation_IsAskedThreeTimesASecondApart_ThenTheSocketLearns()
    {
        Station one = new(_lab, _wire, 1);
        List<VirtualTime> asked = [];
        _wire.Tap = frame => asked.Add(frame.Departure);
        UdpEndpoint sender = one.Stack.Udp.Create();
        one.Stack.Udp.Connect(sender, new InternetEndpoint(Station.AddressOf(77), 7)).ShouldBe(0);
        Send(one, sender, sender.Remote!.Value, 10);
        sender.Account.UsedBytes.ShouldBe(EthernetHeader.FrameBytesMin);
        _lab.RunUntil(s_end, () => sender.HasError).ShouldBeTrue();
        asked.Select(at => at.Picoseconds / 1_000_000_000_000).ShouldBe([0UL, 1, 2]);
        _lab.Now.Picoseconds.ShouldBe(3_000_000_000_000UL);
        sender.TakeError().ShouldBe(Errno.EHOSTUNREACH);
        sender.Account.UsedBytes.ShouldBe(0);
    }

    [Fact]
    public void FramesLeaveOneBehindTheOther_AndAFullQueueDrops()
    {
        Station one = new(_lab, _wire, 1, o => o with
        {
            Hosts = Station.Known(2),
            BandwidthBitsPerSecond = 999_999_937,
            QueueFrames = 8,
        });
        Station two = new(_lab, _wire, 2);
        UdpEndpoint receiver = Bound(two, 7);
        List<VirtualTime> departures = [];
        _wire.Tap = frame => departures.Add(frame.Departure);
        UdpEndpoint sender = Bound(one, 9);
        for (int i = 0; i < 10; i++)
        {
            Send(one, sender, new InternetEndpoint(two.Address, 7), 1000);
        }

        one.Interface.Counters.SendDrops.ShouldBe(2UL);
        UInt128 bits = 1042 * 8;
        departures.ShouldBe([.. Enumerable.Range(0, 8).Select(i => VirtualTime.FromPicoseconds(
            (ulong)((UInt128)i * bits * 1_000_000_000_000 / 999_999_937)))]);
        _lab.Run(s_end);
        receiver.ReceivedChargeBytes.ShouldBe(8 * (1000 + Datagram.OverheadBytes));
        sender.Account.UsedBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData(1472, 1)]
    [InlineData(1473, 2)]
    [InlineData(65507, 45)]
    public void LongDatagrams_TravelInFragments(int length, int frames)
    {
        Station one = new(_lab, _wire, 1, o => o with { Hosts = Station.Known(2) });
        Station two = new(_lab, _wire, 2);
        UdpEndpoint receiver = Bound(two, 7);
        Send(one, Bound(one, 9), new InternetEndpoint(two.Address, 7), length);
        _lab.Run(s_end);
        _wire.FrameCount.ShouldBe(frames);
        receiver.Take().Payload.ToArray().ShouldBe(Bytes(length));
    }

    [Fact]
    public void Fragments_MayComeInAnyOrderAndTwice_ButNotMissing()
    {
        Station one = new(_lab, _wire, 1, o => o with { Hosts = Station.Known(2) });
        Station two = new(_lab, _wire, 2);
        UdpEndpoint receiver = Bound(two, 7);
        UdpEndpoint sender = Bound(one, 9);
        SeededRandom random = new(Seeded.Seed);
        _wire.Script = _ =>
        [
            VirtualDuration.FromMicroseconds(random.Next() % 1000),
            VirtualDuration.FromMicroseconds(random.Next() % 1000),
        ];
        Send(one, sender, new InternetEndpoint(two.Address, 7), 30_000);
        _lab.Run(VirtualTime.FromPicoseconds(1_000_000_000_000));
        receiver.Take().Payload.ToArray().ShouldBe(Bytes(30_000));

        _wire.Script = frame => frame.Ip.OffsetBytes == 1480 ? [] : [VirtualDuration.Zero];
        Send(one, sender, new InternetEndpoint(two.Address, 7), 30_000);
        _lab.Run(VirtualTime.FromPicoseconds(2_000_000_000_000));
        two.Stack.Ip.Reassembly.PendingCount.ShouldBeGreaterThan(0);
        _lab.Run(s_end);
        receiver.HasDatagram.ShouldBeFalse();
        two.Stack.Ip.Reassembly.PendingCount.ShouldBe(0);
    }

    [Fact]
    public void ClosedPort_IsToldToAConnectedSocketOnly()
    {
        Station one = new(_lab, _wire, 1);
        Station two = new(_lab, _wire, 2);
        UdpEndpoint loose = Bound(one, 9);
        UdpEndpoint connected = one.Stack.Udp.Create();
        one.Stack.Udp.Connect(connected, new InternetEndpoint(two.Address, 5)).ShouldBe(0);
        Send(one, loose, new InternetEndpoint(two.Address, 5), 10);
        Send(one, connected, connected.Remote!.Value, 10);
        _lab.Run(s_end);
        two.Stack.Icmp.ErrorsSent.ShouldBe(2UL);
        loose.HasError.ShouldBeFalse();
        connected.TakeError().ShouldBe(Errno.ECONNREFUSED);
    }

    [Fact]
    public void Broadcast_ReachesEveryStation()
    {
        Station one = new(_lab, _wire, 1);
        UdpEndpoint[] receivers =
            [.. Enumerable.Range(2, 3).Select(i => Bound(new Station(_lab, _wire, i), 7))];
        UdpEndpoint sender = Bound(one, 9);
        InternetEndpoint all = new(new Ipv4Address(0x0a00_00ff), 7);
        sender.Send(Frame(5), 5, all).ShouldBe(Errno.EACCES);
        sender.MayBroadcast = true;
        Send(one, sender, all, 5);
        _lab.Run(s_end);
        receivers.ShouldAllBe(each => each.HasDatagram);
    }

    [Fact]
    public void Loopback_DeliversAtTheSameTime()
    {
        Station one = new(_lab, _wire, 1);
        UdpEndpoint receiver = Bound(one, 7);
        UdpEndpoint sender = Bound(one, 9);
        Send(one, sender, new InternetEndpoint(Ipv4Address.Loopback, 7), 9000);
        receiver.HasDatagram.ShouldBeFalse();
        Send(one, sender, new InternetEndpoint(one.Address, 7), 9000);
        _lab.RunUntil(s_end, () => receiver.ReceivedChargeBytes > 15_000).ShouldBeTrue();
        _lab.Now.ShouldBe(VirtualTime.Zero);
        receiver.Take().Source.Address.ShouldBe(Ipv4Address.Loopback);
        receiver.Take().Source.Address.ShouldBe(one.Address);
        _wire.FrameCount.ShouldBe(0);
    }

    private static UdpEndpoint Bound(Station station, ushort port)
    {
        UdpEndpoint endpoint = station.Stack.Udp.Create();
        station.Stack.Udp.Bind(endpoint, new InternetEndpoint(default, port)).ShouldBe(0);
        return endpoint;
    }

    private static void Send(
        Station station, UdpEndpoint sender, InternetEndpoint to, int length) =>
        station.Stack.Udp.Send(sender, Frame(length), length, to).ShouldBe(0);

    private static byte[] Frame(int length)
    {
        byte[] frame = Ipv4Layer.CreateFrame(UdpLayer.HeaderBytes + length);
        Bytes(length).CopyTo(frame, UdpLayer.PayloadOffset);
        return frame;
    }

    private static byte[] Bytes(int length) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) ^ (i >> 8)))];
}
