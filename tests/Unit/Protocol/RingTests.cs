using Dilaton.Native;
using Dilaton.Protocol;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

public sealed class RingTests
{
    private const int Capacity = 4096;
    private const string Name = "memory";

    [Fact]
    public void Messages_ComeOutAsTheyWentIn() => Prop.ForAll(
        Gen.Choose(0, 1200).Two().ListOf().ToArbitrary(), sizes =>
        {
            using SharedRing worker = SharedRing.Create(Capacity);
            using SharedRing peer = SharedRing.Open(worker.Path);
            Queue<(byte[] Header, byte[] Payload)> there = [];
            byte salt = 0;
            foreach ((int header, int payload) in sizes)
            {
                (byte[] Header, byte[] Payload) message =
                    (Bytes(header, salt++), Bytes(payload, salt++));
                while (!worker.ToPeer.TryWrite(
                    RingEntry.Message, message.Header, message.Payload))
                {
                    Read(peer.ToPeer).ShouldBe(Join(there.Dequeue()));
                }

                there.Enqueue(message);
            }

            while (there.TryDequeue(out (byte[] Header, byte[] Payload) next))
            {
                Read(peer.ToPeer).ShouldBe(Join(next));
            }

            peer.ToPeer.TryPeek(out _).ShouldBeFalse();
        }).CheckSeeded();

    [Fact]
    public void Lanes_PassBetweenThreadsThatSleep()
    {
        const int Rounds = 2000;
        using SharedRing worker = SharedRing.Create(Capacity);
        using SharedRing peer = SharedRing.Open(worker.Path);
        Thread echo = new(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                byte[] message = Receive(peer.ToPeer);
                peer.ToWorker.TryWrite(RingEntry.Message, message, []);
            }
        });
        echo.Start();
        for (int i = 0; i < Rounds; i++)
        {
            byte[] message = Bytes(i % 700, (byte)i);
            worker.ToPeer.TryWrite(RingEntry.Message, message, []).ShouldBeTrue();
            Receive(worker.ToWorker).ShouldBe(message);
        }

        echo.Join();
    }

    [Fact]
    public void WhatTheRingHasNoRoomFor_ComesInItsPlaceByTheSocket()
    {
        using SharedRing worker = SharedRing.Create(Capacity);
        LoopbackTransport socket = new((_, _, _, _) => { });
        using RingTransport end = new(socket, Name, worker, isWorker: true);
        using SharedRing peer = SharedRing.Open(worker.Path);
        peer.ToWorker.TryWrite(RingEntry.Message, [1], [2]);
        peer.ToWorker.TryWrite(RingEntry.Elsewhere, [], []);
        peer.ToWorker.TryWrite(RingEntry.Message, [5], [6]);
        byte[] large = Bytes(Capacity, 9);

        Expect(end, Name, [1], [2]);
        end.TryReceive(TimeSpan.Zero).ShouldBeFalse();
        socket.Incoming(Name + ".heartbeat", [8], []).Incoming(Name, [3], large);
        Expect(end, Name + ".heartbeat", [8], []);
        Expect(end, Name, [3], large);
        Expect(end, Name, [5], [6]);
        end.TryReceive(TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public void WhatOvertakesItsMark_WaitsForWhatIsBeforeIt()
    {
        using SharedRing worker = SharedRing.Create(Capacity);
        using SharedRing peer = SharedRing.Open(worker.Path);
        LoopbackTransport socket = new((_, _, _, _) => { });
        using RingTransport end = new(socket, Name, worker, isWorker: true);
        socket.BeforeReceive = () =>
        {
            // Written after the ring was looked at, and before the socket is.
            peer.ToWorker.TryWrite(RingEntry.Message, [1], [2]);
            peer.ToWorker.TryWrite(RingEntry.Elsewhere, [], []);
            peer.ToWorker.TryWrite(RingEntry.Message, [5], [6]);
            socket.Incoming(Name, [3], [4]);
        };

        Expect(end, Name, [1], [2]);
        Expect(end, Name, [3], [4]);
        Expect(end, Name, [5], [6]);
        end.TryReceive(TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public void APartnerThatCantEnterTheRing_IsHeardOnTheSocket()
    {
        using SharedRing worker = SharedRing.Create(Capacity);
        LoopbackTransport socket = new((_, _, _, _) => { });
        using RingTransport end = new(socket, Name, worker, isWorker: true);
        socket.Incoming(Name, [1], [2]);

        Expect(end, Name, [1], [2]);
        end.TryReceive(TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public void AnOfferedRing_TakesMessagesOnceItIsEntered()
    {
        List<byte> bySocket = [];
        LoopbackTransport socket = new((_, header, _, _) => bySocket.Add(header[0]));
        using OfferedRing end = new(socket, Name);
        using SharedRing peer = SharedRing.Open(end.Create());
        end.Send(Name, [1], []);
        end.Enter();
        end.Send(Name, [2], []);
        peer.ToWorker.TryWrite(RingEntry.Message, [3], [4]);

        bySocket.ShouldBe([1]);
        Read(peer.ToPeer).ShouldBe([2]);
        Expect(end, Name, [3], [4]);
    }

    [Fact]
    public void Send_FindsRoomForAllThatMayBeUnderWay()
    {
        const int UnderWay = 3;
        List<byte> bySocket = [];
        using SharedRing worker = SharedRing.Create(Capacity);
        LoopbackTransport socket = new((_, header, _, _) => bySocket.Add(header[0]));
        using RingTransport end = new(socket, Name, worker, isWorker: true, UnderWay);
        using SharedRing peer = SharedRing.Open(worker.Path);
        byte[] largest = new byte[(Capacity / 4 / UnderWay / 16 * 16) - 16 - 1];

        for (byte i = 1; i <= UnderWay; i++)
        {
            end.Send(Name, [i], largest);
        }

        bySocket.ShouldBeEmpty();
        end.Send(Name, [9], new byte[largest.Length + 16]);
        bySocket.ShouldBe([9]);
        for (byte i = 1; i <= UnderWay; i++)
        {
            Read(peer.ToPeer)[0].ShouldBe(i);
        }
    }

    [Fact]
    public void Send_TakesTheRingForItsPartnerIfItFits()
    {
        List<string> bySocket = [];
        using SharedRing worker = SharedRing.Create(Capacity);
        LoopbackTransport socket = new((to, header, _, _) => bySocket.Add($"{to} {header[0]}"));
        using RingTransport end = new(socket, Name, worker, isWorker: true);
        using SharedRing peer = SharedRing.Open(worker.Path);
        end.Send("disk", [1], []);
        end.Send(Name, [2], new byte[1000]);
        end.Send(Name, [3], new byte[1100]);

        bySocket.ShouldBe(["disk 1", "memory 3"]);
        peer.ToPeer.TryPeek(out RingEntry entry).ShouldBeTrue();
        entry.ShouldBe(new RingEntry(RingEntry.Message, 1, 1000));
        Read(peer.ToPeer).Length.ShouldBe(1001);
        peer.ToPeer.TryPeek(out entry).ShouldBeTrue();
        entry.ShouldBe(new RingEntry(RingEntry.Elsewhere, 0, 0));
    }

    [Fact]
    public void APartner_ThatDoesNotReadIsAnError()
    {
        using SharedRing worker = SharedRing.Create(Capacity);
        using RingTransport end = new(
            new LoopbackTransport((_, _, _, _) => { }), Name, worker, isWorker: true);

        Should.Throw<TransportException>(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                end.Send(Name, [1], new byte[1000]);
            }
        }).Message.ShouldBe("sending to 'memory': its ring is full");
    }

    [Theory]
    [InlineData(RingLayout.WrittenAt, 8ul)]
    [InlineData(RingLayout.WrittenAt, 4112ul)]
    [InlineData(RingLayout.WrittenAt, ulong.MaxValue)]
    [InlineData(-1, 3ul)]
    [InlineData(-1, 2ul | (1ul << 32))]
    [InlineData(-1, 1ul | (1ul << 36))]
    [InlineData(-2, 4096ul)]
    [InlineData(-2, ulong.MaxValue)]
    public void Reader_RefusesWhatCanNotBe(int at, ulong value)
    {
        using SharedRing worker = SharedRing.Create(Capacity);
        using RingTransport end = new(
            new LoopbackTransport((_, _, _, _) => { }), Name, worker, isWorker: true);
        using SharedRing peer = SharedRing.Open(worker.Path);
        peer.ToWorker.TryWrite(RingEntry.Message, [1], [2]);
        int data = RingLayout.HeadBytes + Capacity;
        Damage(worker, at < 0 ? data + ((-at - 1) * 8)
            : RingLayout.LaneAt + RingLayout.LaneBytes + at, value);

        Should.Throw<ProtocolException>(() => end.TryReceive(TimeSpan.Zero)).Message
            .ShouldStartWith("frame 0, ring: expected entries as written: ");
    }

    [Fact]
    public void Writer_RefusesAReaderThatIsAheadOfIt()
    {
        using SharedRing worker = SharedRing.Create(Capacity);
        using RingTransport end = new(
            new LoopbackTransport((_, _, _, _) => { }), Name, worker, isWorker: true);
        Damage(worker, RingLayout.LaneAt + RingLayout.ReadAt, 16);

        Should.Throw<ProtocolException>(() => end.Send(Name, [1], []));
    }

    [Fact]
    public void AFile_ThatIsNoRingIsRefused()
    {
        using SharedRing ring = SharedRing.Create(Capacity);
        Damage(ring, RingLayout.CapacityAt, 8192);
        Should.Throw<RingException>(() => SharedRing.Open(ring.Path));
        Damage(ring, RingLayout.CapacityAt, Capacity);
        Damage(ring, 0, 0);
        Should.Throw<RingException>(() => SharedRing.Open(ring.Path)).Message
            .ShouldEndWith("is no ring, version 1");
    }

    [Fact]
    public void TheFile_CanNotBeShortened()
    {
        using SharedRing ring = SharedRing.Create(Capacity);

        Should.Throw<UnauthorizedAccessException>(() =>
        {
            using FileStream file = new(
                ring.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            file.SetLength(0);
        });
    }

    [Fact]
    public void AWait_EndsWithoutAMessage()
    {
        using SharedRing ring = SharedRing.Create(Capacity);
        ring.ToPeer.Wait(spins: 10, timeoutMs: 1);

        ring.ToPeer.TryPeek(out _).ShouldBeFalse();
    }

    private static void Expect(
        IMessageTransport end, string sender, byte[] header, byte[] payload)
    {
        end.TryReceive(TimeSpan.Zero).ShouldBeTrue();
        end.Sender.ShouldBe(sender);
        end.Header.ToArray().ShouldBe(header);
        end.Payload.ToArray().ShouldBe(payload);
    }

    private static byte[] Receive(RingLane lane)
    {
        while (!lane.TryPeek(out _))
        {
            lane.Wait(spins: 20, timeoutMs: 1000);
        }

        return Read(lane);
    }

    private static byte[] Read(RingLane lane)
    {
        lane.TryPeek(out RingEntry entry).ShouldBeTrue();
        byte[] message = new byte[entry.HeaderBytes + (int)entry.PayloadBytes];
        lane.Take(entry, message);
        return message;
    }

    private static void Damage(SharedRing ring, int at, ulong value)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(
            ring.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(file, BitConverter.GetBytes(value), at);
    }

    private static byte[] Join((byte[] Header, byte[] Payload) message) =>
        [.. message.Header, .. message.Payload];

    private static byte[] Bytes(int count, byte salt) =>
        [.. Enumerable.Range(0, count).Select(i => (byte)((i * 31) + salt))];
}
