using Dilaton.Native;
using Dilaton.Protocol;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Protocol;

public sealed class ZeroMqTransportTests : IDisposable
{
    private const string LibZmq = "/usr/lib/x86_64-linux-gnu/libzmq.so.5";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Schemes => ["ipc", "tcp", "inproc"];

    public void Dispose() => _folder.Dispose();

    [RequiresTheory(LibZmq)]
    [MemberData(nameof(Schemes))]
    public void Messages_PassBothWaysWhole(string scheme)
    {
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, Endpoint(scheme));
        using WorkerConnection memory = Dial(context, worker, "memory");
        using WorkerConnection disk = Dial(context, worker, "disk");
        foreach (int bytes in new[] { 0, 1, 100_000, 3 << 20 })
        {
            byte[] payload = [.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))];
            byte[] header = [1, 2, (byte)bytes];
            memory.Send("", header, payload);
            Receive(worker, header, payload);
            worker.Sender.ShouldBe("memory");

            disk.Send("", header, []);
            Receive(worker, header, []);
            worker.Sender.ShouldBe("disk");

            worker.Send("memory", header, payload);
            worker.Send("disk", [9], payload);
            Receive(disk, [9], payload);
            Receive(memory, header, payload);
        }
    }

    [RequiresFact(LibZmq)]
    public void Peers_MayDialBeforeTheWorkerBinds()
    {
        using ZeroMqContext context = new();
        string endpoint = Endpoint("ipc");
        using WorkerConnection peer = WorkerConnection.Dial(context, endpoint, "early");
        peer.Send("", [5], []);
        using PeerEndpoint worker = PeerEndpoint.Bind(context, endpoint);

        Receive(worker, [5], []);
    }

    [RequiresFact(LibZmq)]
    public void Receive_ComesBackWithoutAMessage()
    {
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, Endpoint("inproc"));

        worker.TryReceive(TimeSpan.Zero).ShouldBeFalse();
        worker.TryReceive(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
    }

    [RequiresFact(LibZmq)]
    public void AMessage_OfThreeFramesIsRefusedAndTheNextIsWhole()
    {
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, Endpoint("tcp"));
        using ZeroMqSocket peer = context.Open(ZeroMqSocketType.Dealer);
        peer.SetLinger(0);
        peer.SetRoutingId("memory"u8);
        peer.Connect(worker.Endpoint);
        peer.Send([1], more: true);
        peer.Send([2], more: true);
        peer.Send([3], more: true);
        peer.Send([4], more: false);
        peer.Send([5], more: false);

        Should.Throw<ProtocolException>(() => worker.TryReceive(s_patience)).Message
            .ShouldBe("frame 2, message: expected at most 2 frames, got 4");
        worker.Sender.ShouldBe("memory");
        Receive(worker, [5], []);
    }

    [RequiresFact(LibZmq)]
    public void AHeader_OverTheLimitIsRefusedAndNamesItsSender()
    {
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, Endpoint("ipc"));
        using ZeroMqSocket peer = context.Open(ZeroMqSocketType.Dealer);
        peer.SetLinger(0);
        peer.SetRoutingId("memory"u8);
        peer.Connect(worker.Endpoint);
        peer.Send(new byte[ProtocolLimits.HeaderBytesMax + 1], more: false);

        Should.Throw<ProtocolException>(() => worker.TryReceive(s_patience)).Message
            .ShouldBe("frame 0, size: expected at most 1048576 bytes, got 1048577");
        worker.Sender.ShouldBe("memory");
    }

    [RequiresFact(LibZmq)]
    public void APartner_ThatIsNotThereIsAnError()
    {
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, Endpoint("tcp"));

        Should.Throw<TransportException>(() => worker.Send("nobody", [1], [])).Message
            .ShouldBe($"sending to 'nobody': zmq_send on {worker.Endpoint} failed: "
                + "Host unreachable (errno 113)");
    }

    [RequiresFact(LibZmq)]
    public void AnEndpoint_InUseIsAnErrorThatNamesIt()
    {
        using ZeroMqContext context = new();
        using PeerEndpoint first = PeerEndpoint.Bind(context, Endpoint("tcp"));

        Should.Throw<TransportException>(() => PeerEndpoint.Bind(context, first.Endpoint)).Message
            .ShouldBe($"zmq_bind on {first.Endpoint} failed: Address already in use (errno 98)");
    }

    [RequiresTheory(LibZmq)]
    [InlineData("tcp://0.0.0.0:5555", "only tcp://127.0.0.1 is allowed")]
    [InlineData("tcp://*:5555", "only tcp://127.0.0.1 is allowed")]
    [InlineData("tcp://127.0.0.1.example.org:5555", "only tcp://127.0.0.1 is allowed")]
    [InlineData("tcp://127.0.0.1:65536", "expected a port")]
    [InlineData("tcp://127.0.0.1:1;tcp://0.0.0.0:1", "expected a port")]
    [InlineData("ipc://relative", "expected an absolute path")]
    [InlineData("ipc://@abstract", "expected an absolute path")]
    [InlineData("inproc://", "expected a name")]
    [InlineData("pgm://eth0;239.192.1.1:5555", "expected ipc:// and a path, or tcp://127.0.0.1:")]
    [InlineData("", "expected ipc:// and a path, or tcp://127.0.0.1:")]
    public void Endpoints_ThatLeaveTheHostAreRefused(string endpoint, string why)
    {
        using ZeroMqContext context = new();

        Should.Throw<TransportException>(() => PeerEndpoint.Bind(context, endpoint)).Message
            .ShouldStartWith($"endpoint '{endpoint}': {why}");
        Should.Throw<TransportException>(() => WorkerConnection.Dial(context, endpoint, "x"));
    }

    [RequiresFact(LibZmq)]
    public void APath_TooLongForASocketIsRefusedWithItsLength()
    {
        using ZeroMqContext context = new();
        string endpoint = "ipc:///" + new string('x', 107);

        Should.Throw<TransportException>(() => PeerEndpoint.Bind(context, endpoint)).Message
            .ShouldEndWith("the path has 108 bytes, a socket's may have 107");
    }

    [Fact]
    public void ALibrary_ThatIsMissingIsNamedWithItsPackage() =>
        Should.Throw<ZeroMqException>(() => ZeroMqLibrary.Require("libzmq.so.5-not-there")).Message
            .ShouldBe("libzmq.so.5-not-there can't be loaded: install libzmq (on Debian and "
                + "Ubuntu: the package libzmq5)");

    private static WorkerConnection Dial(ZeroMqContext context, PeerEndpoint worker, string name) =>
        WorkerConnection.Dial(context, worker.Endpoint, name);

    private static void Receive(IMessageTransport end, byte[] header, byte[] payload)
    {
        end.TryReceive(s_patience).ShouldBeTrue();
        end.Header.SequenceEqual(header).ShouldBeTrue();
        end.Payload.SequenceEqual(payload).ShouldBeTrue();
    }

    private string Endpoint(string scheme) => scheme switch
    {
        "ipc" => $"ipc://{_folder.File("wire")}",
        "tcp" => "tcp://127.0.0.1:*",
        _ => "inproc://wire",
    };
}
