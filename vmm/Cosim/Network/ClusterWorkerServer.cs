using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Cosim;

/// <summary>A worker's end of the wire to the coordinator: runs its nodes as they are granted,
/// until the coordinator says Bye. docs/protocol.md, section 8.</summary>
public sealed class ClusterWorkerServer : IDisposable
{
    private readonly string _name;
    private readonly IClusterWorker _worker;
    private readonly bool _mayUseRing;
    private readonly bool _isElsewhere;
    private readonly MessageReader _reader = new();
    private readonly MessageWriter _writer = new();
    private readonly ReachedWriter _reached = new();
    private readonly List<NodeGrant> _grants = [];
    private readonly Dictionary<uint, NodeGrant> _byId = [];
    private readonly HashSet<uint> _named = [];
    private IMessageTransport _transport;
    private WorkerRing? _ring;

    /// <param name="name">Of the worker, which is also its routing id.</param>
    /// <param name="transport">Still the caller's to dispose of.</param>
    /// <param name="worker">Its nodes.</param>
    /// <param name="mayUseRing">Whether it may open the coordinator's shared memory.</param>
    /// <param name="isElsewhere">The coordinator may be on another host, where this process's number
    /// means another.</param>
    public ClusterWorkerServer(
        string name,
        IMessageTransport transport,
        IClusterWorker worker,
        bool mayUseRing = false,
        bool isElsewhere = false)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(worker);
        _name = name;
        _transport = transport;
        _worker = worker;
        _mayUseRing = mayUseRing;
        _isElsewhere = isElsewhere;
        foreach (ClusterNode node in worker.Nodes)
        {
            _byId.Add((uint)node.Id, new NodeGrant(node.Id));
        }
    }

    /// <exception cref="ProtocolException">The coordinator broke the protocol; it was told so.
    /// </exception>
    /// <exception cref="PeerFaultException">It left, or refused.</exception>
    /// <exception cref="TransportException">It is not there.</exception>
    public void Run()
    {
        Send(new Envelope { Hello = Hello() }, []);
        try
        {
            Serve();
        }
        catch (ProtocolException e)
        {
            SayBye(Bye.Types.Code.ProtocolFault, e.Message);
            throw;
        }
    }

    /// <summary>Lets go of the ring. The transport stays.</summary>
    public void Dispose() => _ring?.Dispose();

    private void Serve()
    {
        Envelope message = Receive();
        if (message.BodyCase != Envelope.BodyOneofCase.Welcome)
        {
            throw Unexpected("a Welcome", message);
        }

        Enter(message.Welcome.Ring);
        int ports = checked((int)Math.Min(message.Welcome.Ports, int.MaxValue));
        ulong round = 0;
        while (true)
        {
            message = Receive();
            if (message.BodyCase == Envelope.BodyOneofCase.Bye)
            {
                SayBye(Bye.Types.Code.Done, "");
                return;
            }

            if (message.BodyCase != Envelope.BodyOneofCase.Grant)
            {
                throw Unexpected("a Grant or a Bye", message);
            }

            GrantReader grant = GrantReader.Open(
                message.Grant, round, ports, _transport.Payload);
            round = grant.Round;
            Take(grant);
            _worker.Begin(round, _grants);
            Answer(round, _worker.Collect());
        }
    }

    private void Enter(string path)
    {
        if (path.Length > 0)
        {
            _ring = new WorkerRing(path);
            _transport = _ring.Over(_transport);
        }
    }

    private void Take(GrantReader reader)
    {
        _grants.Clear();
        _named.Clear();
        for (int i = 0; i < reader.NodeCount; i++)
        {
            if (!_byId.TryGetValue(reader.Node(i), out NodeGrant? grant)
                || !_named.Add(reader.Node(i)) || reader.Until(i) < grant.Until)
            {
                throw new ProtocolException(
                    0, $"grant.nodes[{i}]", "a node that runs here, once, and no earlier time",
                    $"node {reader.Node(i)} until {reader.Until(i)}");
            }

            grant.Until = reader.Until(i);
            grant.Arrivals.Clear();
            reader.ReadArrivals(i).CopyTo(grant.Arrivals);
            _grants.Add(grant);
        }
    }

    private void Answer(ulong round, IReadOnlyList<NodeReport> reports)
    {
        _reached.Begin(round);
        foreach (NodeReport report in reports)
        {
            _reached.AddNode(
                report.Node, report.Now, report.NextAct, report.HasEnded, report.Departures);
        }

        Send(_reached.Envelope, _reached.Payload);
    }

    private Hello Hello()
    {
        var hello = new Hello
        {
            Version = ProtocolLimits.Version,
            Peer = _name,
            Software = "dilaton",
            TicksPerSecond = ProtocolLimits.TicksPerSecond,
            ProcessId = _isElsewhere ? 0 : (ulong)Environment.ProcessId,
            Features = { ClusterHandshake.NodesFeature },
        };
        if (_mayUseRing)
        {
            hello.Features.Add(ClusterHandshake.RingFeature);
        }

        foreach (ClusterNode node in _worker.Nodes)
        {
            hello.Nodes.Add(new Protocol.Wire.ClusterNode
            {
                Id = (uint)node.Id,
                Ports = { node.Ports.Select(p => (uint)p) },
            });
        }

        return hello;
    }

    private Envelope Receive()
    {
        while (!_transport.TryReceive(Timeout.InfiniteTimeSpan))
        {
        }

        Envelope message = _reader.Read(_transport.Header, _transport.Payload.Length);
        if (message.BodyCase == Envelope.BodyOneofCase.Bye
            && message.Bye.Code != Bye.Types.Code.Done)
        {
            throw new PeerFaultException($"the coordinator left: {message.Bye.Text}");
        }

        return message;
    }

    private void Send(Envelope message, ReadOnlySpan<byte> payload) =>
        _transport.Send("", _writer.Write(message), payload);

    private void SayBye(Bye.Types.Code code, string text) =>
        Send(new Envelope { Bye = new Bye { Code = code, Text = text } }, []);

    private static ProtocolException Unexpected(string expected, Envelope message) =>
        new(0, "body", expected, $"{message.BodyCase}");
}
