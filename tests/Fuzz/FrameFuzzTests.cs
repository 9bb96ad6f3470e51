using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Tests.Differential;
using Dilaton.Time;
using SeededRandom = Dilaton.Tests.Differential.SeededRandom;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Fuzz;

/// <summary>Whatever frames come, the stack neither breaks nor keeps more than its limits, and a
/// connection that is served rightly beside them still works.</summary>
public sealed class FrameFuzzTests(ITestOutputHelper output) : INodeClock, IEventQueue, IFrameSink
{
    private const int CasesQuick = 30_000;
    private const int CasesSoak = 3_000_000;
    private const ushort Port = 7;
    private const int HalfBytes = 32;

    private readonly EventQueue _events = new();
    private readonly Queue<ReadOnlyMemory<byte>> _sent = new();
    private VirtualTime _now;

    VirtualTime INodeClock.Now => _now;

    ulong IEventQueue.Schedule(VirtualTime at, INodeEvent action) => _events.Schedule(at, action);

    void IEventQueue.Cancel(ulong ticket) => _events.Cancel(ticket);

    void IFrameSink.Send(VirtualTime departure, ReadOnlyMemory<byte> frame) => _sent.Enqueue(frame);

    [Fact]
    public void HostileFrames_BreakNothing()
    {
        SeededRandom random = new(TestSettings.Seed);
        output.WriteLine($"seed {TestSettings.Seed}");
        NetworkStack stack = CreateStack();
        UdpEndpoint datagrams = stack.Udp.Create();
        stack.Udp.Bind(datagrams, new InternetEndpoint(default, Port)).ShouldBe(0);
        stack.Tcp.Bind(new InternetEndpoint(default, Port), false, out TcpBinding? binding);
        stack.Tcp.Listen(binding!, new TcpSettings(), 16, out TcpListener? listener);
        int cases = TestSettings.IsSoak ? CasesSoak : CasesQuick;
        for (int i = 0; i < cases; i++)
        {
            stack.Ethernet!.Receive(CreateFrame(random));
            RunUntil(_now + VirtualDuration.FromMicroseconds(random.Next() % 50_000));
            Answer(stack, random);
            while (datagrams.HasDatagram)
            {
                datagrams.Take();
            }

            while (listener!.TryAccept(out TcpConnection? accepted))
            {
                Use(accepted!, random);
            }
        }

        stack.Tcp.Counters.SegmentsReceived.ShouldBeGreaterThan((ulong)cases / 20);
        stack.Udp.Counters.Received.ShouldBeGreaterThan((ulong)cases / 100);
        stack.Ip.Reassembly.CompletedCount.ShouldBeGreaterThan(0UL);
        RunUntil(_now + VirtualDuration.FromSeconds(3000));
        stack.Ip.Reassembly.PendingCount.ShouldBe(0);
    }

    private static void Use(TcpConnection connection, SeededRandom random)
    {
        if (connection.CanSend)
        {
            connection.Write(new byte[random.Below(5000)]);
        }

        connection.Read(new byte[100]);
        if (random.OneIn(2))
        {
            connection.Close();
        }
    }

    private NetworkStack CreateStack()
    {
        NetworkStack stack = new(
            new NetworkOptions
            {
                Mac = new MacAddress(0x0200_0000_0001),
                Address = new Ipv4Address(0x0a00_0001),
                PrefixLength = 24,
                MtuBytes = 1500,
                BandwidthBitsPerSecond = 1_000_000_000,
                QueueFrames = 100,
                Hosts = [new("peer", new Ipv4Address(0x0a00_0002), new MacAddress(0x0200_0000_0002))],
            },
            1,
            this,
            this);
        stack.Ethernet!.Attach(this);
        return stack;
    }

    private void RunUntil(VirtualTime until)
    {
        while (_events.NextTime <= until)
        {
            INodeEvent next = _events.Take(out VirtualTime at);
            _now = at;
            next.Fire();
        }

        _now = until;
        _events.RaiseFloor(_now);
    }

    /// <summary>Takes what was sent for the start of an answer, so that handshakes are finished and
    /// numbers fit; damages some of it.</summary>
    private void Answer(NetworkStack stack, SeededRandom random)
    {
        while (_sent.TryDequeue(out ReadOnlyMemory<byte> sent))
        {
            if (_sent.Count > 50 || random.OneIn(3)
                || !Ipv4Header.TryRead(sent.Span[14..], out Ipv4Header ip)
                || ip.Protocol != Ipv4Header.TcpProtocol
                || !TcpHeader.TryRead(sent.Span[34..], out TcpHeader tcp))
            {
                continue;
            }

            byte[] data = new byte[random.Below(60)];
            TcpFlags extra = random.OneIn(10) ? (TcpFlags)random.Below(64) : TcpFlags.None;
            uint offset = random.OneIn(4) ? (uint)random.Below(3000) : 0;
            TcpHeader answer = new()
            {
                SourcePort = tcp.DestinationPort,
                DestinationPort = tcp.SourcePort,
                Sequence = tcp.Acknowledgment + offset,
                Acknowledgment = tcp.Sequence + (uint)(tcp.Has(TcpFlags.Syn) ? 1 : random.Below(99)),
                Flags = TcpFlags.Acknowledge | (extra & ~TcpFlags.Syn),
                Window = (ushort)random.Next(),
            };
            byte[] segment = new byte[TcpHeader.SizeBytes + data.Length];
            answer.Write(segment);
            byte[] frame = Wrap(Ipv4Header.TcpProtocol, segment, random);
            stack.Ethernet!.Receive(frame);
        }
    }

    private static byte[] CreateFrame(SeededRandom random)
    {
        if (random.OneIn(20))
        {
            byte[] noise = new byte[random.Below(200)];
            random.Fill(noise);
            return noise;
        }

        byte[] transport = new byte[random.Below(random.OneIn(5) ? 1480 : 80)];
        random.Fill(transport);
        byte protocol =
            random.Below(4) switch { 0 => 1, 1 => 17, 2 => 6, _ => (byte)random.Next() };
        bool isPlausible = !random.OneIn(4);
        if (isPlausible && transport.Length >= 20)
        {
            // To our port from few others, with a small header.
            BinaryPrimitives.WriteUInt16BigEndian(transport, (ushort)(1000 + random.Below(20)));
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(2), Port);
            if (protocol == Ipv4Header.UdpProtocol)
            {
                BinaryPrimitives.WriteUInt16BigEndian(
                    transport.AsSpan(4), (ushort)transport.Length);
            }
            else if (protocol == Ipv4Header.TcpProtocol)
            {
                transport[12] = (byte)((5 + random.Below(4)) << 4);
                transport[13] = random.OneIn(2) ? (byte)TcpFlags.Syn : (byte)random.Below(64);
            }
        }

        if (protocol == Ipv4Header.IcmpProtocol && transport.Length >= 8)
        {
            transport[0] = (byte)(random.OneIn(2) ? 3 : 8);
        }

        byte[] frame = Wrap(protocol, transport, random);
        while (random.OneIn(4))
        {
            frame[random.Below(frame.Length)] ^= (byte)(1 << random.Below(8));
        }

        return random.OneIn(30) ? frame[..random.Below(frame.Length)] : frame;
    }

    /// <summary>Gives it right checksums, and often makes it a fragment.</summary>
    private static byte[] Wrap(byte protocol, byte[] transport, SeededRandom random)
    {
        Ipv4Address from = new(0x0a00_0002);
        Ipv4Address to = random.OneIn(20) ? Ipv4Address.Broadcast : new Ipv4Address(0x0a00_0001);
        int sumAt = protocol switch { 1 => 2, 6 => 16, 17 => 6, _ => int.MaxValue };
        if (transport.Length >= 20 && sumAt < 20)
        {
            ulong pseudo = protocol == 1
                ? 0
                : InternetChecksum.AddPseudoHeader(from, to, protocol, transport.Length);
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(sumAt), 0);
            BinaryPrimitives.WriteUInt16BigEndian(
                transport.AsSpan(sumAt),
                InternetChecksum.Fold(InternetChecksum.Add(pseudo, transport)));
        }

        bool isFragment = random.OneIn(8);
        int offset = isFragment ? random.Below(8192) / (random.OneIn(2) ? 1024 : 1) * 8 : 0;
        bool hasMore = isFragment && random.OneIn(2);
        if (isFragment && transport.Length >= 2 * HalfBytes && random.OneIn(2))
        {
            // One of two halves that fit each other.
            offset = hasMore ? 0 : HalfBytes;
            transport = transport[offset..(offset + HalfBytes)];
        }

        byte[] frame = EthernetHeader.CreateFrame(Ipv4Header.SizeBytes + transport.Length);
        new EthernetHeader(
            new MacAddress(0x0200_0000_0001),
            new MacAddress(0x0200_0000_0002),
            random.OneIn(50) ? EthernetHeader.ArpType : EthernetHeader.Ipv4Type).Write(frame);
        new Ipv4Header
        {
            Source = from,
            Destination = to,
            Protocol = protocol,
            PayloadBytes = transport.Length,
            TimeToLive = 64,
            Identification = (ushort)random.Below(4),
            HasMoreFragments = hasMore,
            OffsetBytes = offset,
        }.Write(frame.AsSpan(14));
        transport.CopyTo(frame.AsSpan(34));
        return frame;
    }
}
