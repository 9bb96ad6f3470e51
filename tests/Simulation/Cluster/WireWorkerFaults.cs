using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>A worker of nodes that breaks the protocol, or dies, as its coordinator sees it.
/// </summary>
public sealed class WireWorkerFaults : IDisposable
{
    private const int Ports = 4;

    private static int s_count;

    private readonly ZeroMqContext _context = new();
    private readonly WireClusterWorker _line;
    private readonly WorkerConnection _worker;
    private readonly MessageReader _reader = new();
    private readonly MessageWriter _writer = new();

    public WireWorkerFaults()
    {
        PeerEndpoint endpoint = PeerEndpoint.Bind(
            _context, $"inproc://faults-{Interlocked.Increment(ref s_count)}");
        _line = new WireClusterWorker("worker", endpoint, Ports, TimeSpan.FromSeconds(30));
        _worker = WorkerConnection.Dial(_context, endpoint.Endpoint, "worker");
        Say(new Envelope
        {
            Hello = new Hello
            {
                Version = ProtocolLimits.Version,
                Peer = "worker",
                TicksPerSecond = ProtocolLimits.TicksPerSecond,
                Features = { ClusterHandshake.NodesFeature },
                Nodes = { new Protocol.Wire.ClusterNode { Id = 3, Ports = { 1 } } },
            },
        });
        _line.Connect("test", [3]);
        Hear().Welcome.Ports.ShouldBe((uint)Ports);
    }

    [Fact]
    public void WhatItSays_IsTaken()
    {
        Begin();
        Answer(_ => { }, 1);
        NodeReport report = _line.Collect().ShouldHaveSingleItem();
        report.Now.ShouldBe(new VirtualTime(90));
        report.Departures.ShouldHaveSingleItem().Time.ShouldBe(new VirtualTime(95));
    }

    [Theory]
    [InlineData("reached.round")]
    [InlineData("reached.nodes")]
    [InlineData("reached.nodes[0].node")]
    [InlineData("reached.nodes[0].now_ps")]
    [InlineData("reached.nodes[0].next_act_ps")]
    [InlineData("reached.nodes[0].departures")]
    public void WhatBreaksARule_EndsTheRun(string field)
    {
        Begin();
        Answer(reached => Spoil(reached, field), 1);
        Should.Throw<PeerFaultException>(() => _line.Collect()).Message
            .ShouldContain($"broke the protocol: frame {(field.Contains("dep") ? 1 : 0)}, {field}");
        Hear().Bye.Code.ShouldBe(Bye.Types.Code.ProtocolFault);
    }

    [Fact]
    public void AFrameFromAnotherNodesPort_EndsTheRun()
    {
        Begin();
        Answer(_ => { }, 2);
        Should.Throw<PeerFaultException>(() => _line.Collect()).Message
            .ShouldContain("frames from port 1, got 2");
    }

    [Fact]
    public void ItsDeathInARound_IsNamed()
    {
        Begin();
        _line.TellEnded("died by SIGKILL");
        Should.Throw<PeerFaultException>(() => _line.Collect()).Message
            .ShouldContain("peer 'worker' died by SIGKILL");
    }

    [Fact]
    public void AGrantForAnotherNode_IsRefusedByTheWorker()
    {
        using var server = new ClusterWorkerServer(
            "worker", new OneMessage(new Envelope
            {
                Grant = new Grant
                {
                    Round = 1,
                    Nodes = { new Protocol.Wire.NodeGrant { Node = 4, UntilPs = 10 } },
                },
            }),
            new LocalClusterWorker(new SteppingNode(3, 1, 0)));
        Should.Throw<ProtocolException>(server.Run).Field.ShouldBe("grant.nodes[0]");
    }

    public void Dispose()
    {
        _worker.Dispose();
        _line.Dispose();
        _context.Dispose();
    }

    private static void Spoil(Reached reached, string field)
    {
        NodeReached node = reached.Nodes[0];
        switch (field)
        {
            case "reached.round":
                reached.Round++;
                break;
            case "reached.nodes":
                reached.Nodes.Clear();
                break;
            case "reached.nodes[0].node":
                node.Node = 2;
                break;
            case "reached.nodes[0].now_ps":
                node.NowPs = 100;
                break;
            case "reached.nodes[0].next_act_ps":
                node.NextActPs = 99;
                break;
            default:
                node.Departures.SizeBytes++;
                break;
        }
    }

    private void Begin()
    {
        var grant = new Dilaton.Cosim.NodeGrant(3) { Until = new VirtualTime(100) };
        grant.Arrivals.Add(new FrameArrival(new VirtualTime(80), 1, new byte[] { 1, 2 }));
        _line.Begin(1, [grant]);
        Hear().Grant.Nodes.ShouldHaveSingleItem().UntilPs.ShouldBe(100UL);
    }

    private void Answer(Action<Reached> spoil, int port)
    {
        ReachedWriter writer = new();
        writer.Begin(1);
        writer.AddNode(
            3, new VirtualTime(90), new VirtualTime(100), hasEnded: false,
            [new FrameDeparture(new VirtualTime(95), port, new byte[] { 7 })]);
        spoil(writer.Envelope.Reached);
        _worker.Send("", _writer.Write(writer.Envelope), writer.Payload);
    }

    private void Say(Envelope message) => _worker.Send("", _writer.Write(message), []);

    private Envelope Hear()
    {
        _worker.TryReceive(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        return _reader.Read(_worker.Header, _worker.Payload.Length);
    }

    /// <summary>A coordinator that welcomes, and then says one thing.</summary>
    private sealed class OneMessage(Envelope message) : IMessageTransport
    {
        private readonly MessageWriter _writer = new();
        private readonly Queue<Envelope> _left = new(
            [new Envelope { Welcome = new Welcome { Ports = Ports } }, message]);

        private byte[] _header = [];

        public string Endpoint => "test";

        public string Sender => "";

        public ReadOnlySpan<byte> Header => _header;

        public ReadOnlySpan<byte> Payload => [];

        public bool TryReceive(TimeSpan timeout)
        {
            _header = _writer.Write(_left.Dequeue()).ToArray();
            return true;
        }

        public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
        {
        }

        public void Dispose()
        {
        }
    }
}
