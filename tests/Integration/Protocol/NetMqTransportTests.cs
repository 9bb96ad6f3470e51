using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Protocol;

/// <summary>NetMQ and libzmq on either end of the wire. In builds with -p:UseNetMQ=true.</summary>
public sealed class NetMqTransportTests
{
    private const string NetMq = "NetMQ";
    private const string LibZmq = "libzmq";
    private const int Intervals = 20;
    private const int RecordsPerInterval = 400;
    private const int StoreBufferEntries = 16;
    private const ulong UnitsPerInterval = 100_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [RequiresNetMqTheory]
    [InlineData(NetMq, LibZmq)]
    [InlineData(LibZmq, NetMq)]
    [InlineData(NetMq, NetMq)]
    public void Messages_PassBothWaysWhole(string workersLibrary, string peersLibrary)
    {
        using ZeroMqContext context = new();
        using IMessageTransport worker = Bind(workersLibrary, context, "tcp://127.0.0.1:*");
        using IMessageTransport memory = Dial(peersLibrary, context, worker.Endpoint, "memory");
        using IMessageTransport disk = Dial(peersLibrary, context, worker.Endpoint, "disk");
        foreach (int bytes in new[] { 0, 1, 100_000, 3 << 20 })
        {
            byte[] payload = [.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))];
            byte[] header = [1, 2, (byte)bytes];
            memory.Send("", header, payload);
            Expect(worker, header, payload);
            worker.Sender.ShouldBe("memory");
            disk.Send("", header, []);
            Expect(worker, header, []);
            worker.Sender.ShouldBe("disk");
            worker.Send("memory", header, payload);
            worker.Send("disk", [9], payload);
            Expect(disk, [9], payload);
            Expect(memory, header, payload);
        }

        worker.TryReceive(TimeSpan.Zero).ShouldBeFalse();
        worker.TryReceive(TimeSpan.FromMilliseconds(2)).ShouldBeFalse();
        Should.Throw<TransportException>(() => worker.Send("nobody", [1], []));
    }

    [RequiresNetMqFact]
    public void Inproc_JoinsItsOwn()
    {
        const string endpoint = "inproc://netmq-joins-its-own";
        using IMessageTransport worker = NetMqTransport.Bind(endpoint);
        using IMessageTransport peer = NetMqTransport.Dial(endpoint, "memory");
        peer.Send("", [1], [2, 3]);
        Expect(worker, [1], [2, 3]);
    }

    [RequiresNetMqFact]
    public void AMessageOfThreeFrames_IsRefusedAndTheNextIsWhole()
    {
        using ZeroMqContext context = new();
        using IMessageTransport worker = NetMqTransport.Bind("tcp://127.0.0.1:*");
        using ZeroMqSocket peer = context.Open(ZeroMqSocketType.Dealer);
        peer.SetLinger(0);
        peer.SetRoutingId("memory"u8);
        peer.Connect(worker.Endpoint);
        peer.Send([1], more: true);
        peer.Send([2], more: true);
        peer.Send([3], more: false);
        peer.Send([4], more: false);
        Should.Throw<ProtocolException>(() => worker.TryReceive(s_patience));
        worker.Sender.ShouldBe("memory");
        Expect(worker, [4], []);
    }

    [RequiresNetMqTheory]
    [InlineData("ipc:///tmp/wire", "NetMQ has no ipc")]
    [InlineData("tcp://0.0.0.0:5000", "only tcp://127.0.0.1")]
    public void OtherEndpoints_AreRefused(string endpoint, string why) =>
        Should.Throw<TransportException>(() => NetMqTransport.Bind(endpoint))
            .Message.ShouldContain(why);

    [RequiresNetMqTheory]
    [InlineData("")]
    [InlineData("--event-driven")]
    public void OurPeer_AnswersTheSameBytes(string option)
    {
        byte[] ours = Session(LibZmq, option);
        ours.Length.ShouldBeGreaterThan(Intervals * RecordsPerInterval);
        Session(NetMq, option).SequenceEqual(ours).ShouldBeTrue();
    }

    [Fact]
    public void WithoutIt_TheBuildSaysHowToGetIt()
    {
        if (!NetMqTransport.IsBuilt)
        {
            Should.Throw<TransportException>(() => NetMqTransport.Bind("tcp://127.0.0.1:*"))
                .Message.ShouldContain("-p:UseNetMQ=true");
        }
    }

    /// <summary>A recording of a session with dilaton-peer, from Hello to Bye.</summary>
    private static byte[] Session(string library, string option)
    {
        using ZeroMqContext context = new();
        using var file = new MemoryStream();
        IMessageTransport socket = Bind(library, context, "tcp://127.0.0.1:*");
        using Process process = Start(socket.Endpoint, option);
        using (var peer = new WirePeer(
            Options(), new WireRecorder(socket, new WireRecordingWriter(file, "node0"))))
        {
            peer.Connect();
            var batch = new IntervalBatch(1, StoreBufferEntries);
            for (ulong i = 0; i < Intervals; i++)
            {
                Fill(batch, i);
                peer.Send(batch);
                peer.Receive().Reached.ShouldBeGreaterThanOrEqualTo(batch.End);
            }

            peer.Finish(batch.End);
        }

        process.WaitForExit(s_patience).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        return file.ToArray();
    }

    private static Process Start(string endpoint, string option)
    {
        var start = new ProcessStartInfo(PeerJob.Program)
        {
            RedirectStandardOutput = true,
            ArgumentList = { "--latency", "80ns", "--bandwidth", "25.6GB/s", "--channels", "1" },
            Environment = { ["DILATON_ENDPOINT"] = endpoint, ["DILATON_PEER"] = "mem" },
        };
        if (option.Length > 0)
        {
            start.ArgumentList.Add(option);
        }

        return Process.Start(start)!;
    }

    private static void Fill(IntervalBatch batch, ulong interval)
    {
        var random = new Random((int)interval);
        ulong begin = interval * UnitsPerInterval;
        batch.Number = interval + 1;
        batch.End = VirtualTime.FromPicoseconds((begin + UnitsPerInterval) * 1000);
        batch.Limit = batch.End;
        batch.Vcpus[0].FloorUnits = begin + UnitsPerInterval;
        MemoryEventKind[] kinds =
            [MemoryEventKind.Load, MemoryEventKind.Store, MemoryEventKind.Writeback];
        batch.Vcpus[0].Misses = Enumerable.Range(0, RecordsPerInterval).Select(i =>
        {
            MemoryEventKind kind = kinds[random.Next(3)];
            return new PendingMiss(
                begin + ((ulong)i * 200),
                (ulong)random.Next(1 << 20) * 64,
                12,
                kind,
                kind == MemoryEventKind.Writeback ? MemoryEventKind.Flush : kind,
                BehindCut: random.Next(4) > 0);
        }).ToArray();
    }

    private static WirePeerOptions Options() => new()
    {
        Name = "mem",
        Node = "node0",
        VcpuCount = 1,
        Frequency = new Frequency(1_000_000_000),
        UnitsPerCycle = 1,
        LoadHitCycles = 4,
        StoreBufferEntries = StoreBufferEntries,
        LineSizeBytes = 64,
        MemoryBytes = 1UL << 32,
        MinLatency = VirtualDuration.FromNanoseconds(80),
        IntervalsUnderWay = 1,
        Timeout = s_patience,
        IsManual = false,
    };

    private static IMessageTransport Bind(
        string library, ZeroMqContext context, string endpoint) => library == NetMq
            ? NetMqTransport.Bind(endpoint)
            : PeerEndpoint.Bind(context, endpoint);

    private static IMessageTransport Dial(
        string library, ZeroMqContext context, string endpoint, string name) => library == NetMq
            ? NetMqTransport.Dial(endpoint, name)
            : WorkerConnection.Dial(context, endpoint, name);

    private static void Expect(IMessageTransport end, byte[] header, byte[] payload)
    {
        end.TryReceive(s_patience).ShouldBeTrue();
        end.Header.SequenceEqual(header).ShouldBeTrue();
        end.Payload.SequenceEqual(payload).ShouldBeTrue();
    }
}
