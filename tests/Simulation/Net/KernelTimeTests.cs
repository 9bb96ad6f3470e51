using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>Where the kernel's work lies on a frame's way.</summary>
public sealed class KernelTimeTests
{
    private const int Payload = 100;
    private const int Rounds = 3;

    private static readonly VirtualDuration s_latency = VirtualDuration.FromMicroseconds(10);
    private static readonly VirtualTime s_end = VirtualTime.FromPicoseconds(1_000_000_000_000);

    private readonly Lab _lab = new();
    private readonly ScriptedWire _wire;
    private Station? _two;
    private VirtualTime _sendTime;

    public KernelTimeTests() => _wire = new ScriptedWire(_lab, Station.BandwidthDefault, s_latency);

    [Fact]
    public void FramesLeaveWhenTheirCallHasPaidForThem_InTheOrderInWhichTheyWereMade()
    {
        (Station one, UdpEndpoint sender, _) = Two();
        List<ulong> departures = [];
        _wire.Tap = frame => departures.Add(frame.Departure.Picoseconds);
        foreach (ulong paidAt in new ulong[] { 5_000_000, 1_000_000, 9_000_000 })
        {
            _sendTime = VirtualTime.FromPicoseconds(paidAt);
            Send(one, sender);
        }

        // The second was made by another vCPU's shorter call: it stands behind the first.
        ulong bits = (14 + 20 + 8 + Payload) * 8;
        departures.ShouldBe([5_000_000, 5_000_000 + bits * 1_000, 9_000_000]);
    }

    [Fact]
    public void AQueueIsFullOfWhatHasNotLeft_AtTheTimeAtWhichAFrameIsMade()
    {
        (Station one, UdpEndpoint sender, _) = Two(queueFrames: 2);
        _sendTime = VirtualTime.FromPicoseconds(5_000_000);
        Send(one, sender);
        Send(one, sender);
        _sendTime = VirtualTime.FromPicoseconds(1_000_000);
        Send(one, sender);
        one.Interface.Counters.SendDrops.ShouldBe(1UL);
    }

    [Fact]
    public void AFrameIsTakenUpAfterItsCost_OneBehindTheOther()
    {
        _lab.PacketCost = VirtualDuration.FromMicroseconds(3);
        (Station one, UdpEndpoint sender, UdpEndpoint receiver) = Two();
        for (int i = 0; i < Rounds; i++)
        {
            Send(one, sender);
        }

        // The way of the first; the others come within its cost.
        ulong way = s_latency.Picoseconds + (14 + 20 + 8 + Payload) * 8 * 1_000;
        for (ulong i = 1; i <= Rounds; i++)
        {
            _lab.RunUntil(s_end, () => receiver.HasDatagram).ShouldBeTrue();
            _lab.Now.Picoseconds.ShouldBe(way + i * 3_000_000);
            receiver.Take();
        }
    }

    [Fact]
    public void FramesThatComeFasterThanTheyAreTakenUp_AreDroppedBehindAThousand()
    {
        const int Extra = 7;
        _lab.PacketCost = VirtualDuration.FromMilliseconds(2);
        (Station one, UdpEndpoint sender, UdpEndpoint receiver) = Two(
            queueFrames: ReceiveBacklog.FramesMax + Extra);
        receiver.ReceiveBufferBytes = int.MaxValue / 2;
        for (int i = 0; i < ReceiveBacklog.FramesMax + Extra; i++)
        {
            Send(one, sender);
        }

        int taken = 0;
        while (_lab.RunUntil(_lab.Now + VirtualDuration.FromSeconds(1), () => receiver.HasDatagram))
        {
            receiver.Take();
            taken++;
        }

        // The first is being taken up and counts as waiting: all the others come within its cost.
        taken.ShouldBe(ReceiveBacklog.FramesMax);
        _two!.Interface.Counters.ReceiveDrops.ShouldBe((ulong)Extra);
    }

    [Fact]
    public void Loopback_DeliversWhenItsSenderHasPaid()
    {
        Station one = new(_lab, _wire, 1, null, () => _sendTime);
        UdpEndpoint receiver = Bound(one, 7);
        UdpEndpoint sender = Bound(one, 9);
        _sendTime = VirtualTime.FromPicoseconds(7_000);
        Send(one, sender, Ipv4Address.Loopback);
        _sendTime = VirtualTime.FromPicoseconds(4_000);
        Send(one, sender, Ipv4Address.Loopback);
        _sendTime = VirtualTime.FromPicoseconds(8_000);
        Send(one, sender, Ipv4Address.Loopback);
        foreach (ulong at in new ulong[] { 7_000, 7_000, 8_000 })
        {
            _lab.RunUntil(s_end, () => receiver.HasDatagram).ShouldBeTrue();
            _lab.Now.Picoseconds.ShouldBe(at);
            receiver.Take();
        }
    }

    private (Station One, UdpEndpoint Sender, UdpEndpoint Receiver) Two(int queueFrames = 1000)
    {
        Station one = new(
            _lab,
            _wire,
            1,
            o => o with { Hosts = Station.Known(2), QueueFrames = queueFrames },
            () => VirtualTime.Max(_sendTime, _lab.Now));
        _two = new Station(_lab, _wire, 2);
        return (one, Bound(one, 9), Bound(_two, 7));
    }

    private static void Send(Station from, UdpEndpoint sender, Ipv4Address? to = null) =>
        from.Stack.Udp.Send(
            sender,
            Ipv4Layer.CreateFrame(UdpLayer.HeaderBytes + Payload),
            Payload,
            new InternetEndpoint(to ?? Station.AddressOf(2), 7)).ShouldBe(0);

    private static UdpEndpoint Bound(Station station, ushort port)
    {
        UdpEndpoint endpoint = station.Stack.Udp.Create();
        station.Stack.Udp.Bind(endpoint, new InternetEndpoint(default, port)).ShouldBe(0);
        return endpoint;
    }
}
