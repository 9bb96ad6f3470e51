using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Cosim;

/// <summary>A worker of nodes in another process, as the coordinator sees it: docs/protocol.md,
/// section 8.</summary>
public sealed class WireClusterWorker : IClusterWorker, IDisposable
{
    private readonly string _name;
    private readonly int _portCount;
    private readonly OfferedRing? _ring;
    private readonly PeerLine _line;
    private readonly GrantWriter _grants = new();
    private readonly Dictionary<int, (ClusterNode Node, NodeReport Report)> _byId = [];
    private readonly List<NodeReport> _reports = [];

    /// <param name="transport">Is disposed of with this.</param>
    /// <param name="portCount">Of the network.</param>
    /// <param name="timeout">Host time within which it must come.</param>
    /// <param name="ring">What <paramref name="transport"/> ends in, if the worker may have a ring;
    /// else null.</param>
    public WireClusterWorker(
        string name,
        IMessageTransport transport,
        int portCount,
        TimeSpan timeout,
        OfferedRing? ring = null)
    {
        _name = name;
        _portCount = portCount;
        _ring = ring;
        _line = new PeerLine(name, transport, timeout);
    }

    /// <summary>Empty before <see cref="Connect"/>.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; private set; } = [];

    /// <summary>Waits for the worker, checks that it has these nodes, and welcomes it.</summary>
    /// <exception cref="PeerFaultException">It does not come, or does not fit.</exception>
    public void Connect(string session, IReadOnlyCollection<int> nodes)
    {
        Hello hello = _line.Receive(Envelope.BodyOneofCase.Hello).Hello;
        IReadOnlyList<string> differences = ClusterHandshake.CheckNodes(
            hello, _name, _portCount, nodes);
        if (differences.Count > 0)
        {
            string text = string.Join("; ", differences);
            _line.SayBye(Bye.Types.Code.Refused, text);
            throw _line.Fault($"does not fit: {text}");
        }

        Nodes = [.. hello.Nodes.Select(
            n => new ClusterNode((int)n.Id, [.. n.Ports.Select(p => (int)p)]))];
        foreach (ClusterNode node in Nodes)
        {
            _byId.Add(node.Id, (node, new NodeReport(node.Id)));
        }

        _line.Watch(hello.ProcessId);
        OfferedRing? ring = hello.Features.Contains(ClusterHandshake.RingFeature) ? _ring : null;
        _line.Send(
            new Envelope
            {
                Welcome = new Welcome
                {
                    Version = ProtocolLimits.Version,
                    Session = session,
                    Ring = ring?.Create() ?? "",
                    Ports = (uint)_portCount,
                },
            },
            []);
        ring?.Enter();
    }

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
    {
        ArgumentNullException.ThrowIfNull(grants);
        _grants.Begin(round);
        foreach (NodeGrant grant in grants)
        {
            _grants.AddNode(grant.Node, grant.Until, grant.Arrivals);
        }

        _line.Send(_grants.Envelope, _grants.Payload);
    }

    public IReadOnlyList<NodeReport> Collect()
    {
        // A guest may compute for long; that its process is gone is seen all the same.
        Reached reached = _line.Receive(Envelope.BodyOneofCase.Reached, waitForEver: true).Reached;
        try
        {
            Read(ReachedReader.Open(
                reached, _grants.Envelope.Grant, _portCount, _line.Payload), reached);
        }
        catch (ProtocolException e)
        {
            throw _line.Reject(e);
        }

        return _reports;
    }

    /// <summary>Its process is gone. Any thread.</summary>
    public void TellEnded(string how) => _line.TellEnded(how);

    /// <summary>Says that the run is over, and waits for the answer.</summary>
    public void Finish(VirtualTime time)
    {
        _line.LastTime = time;
        _line.SayBye(Bye.Types.Code.Done, "");
        _line.Receive(Envelope.BodyOneofCase.Bye, waitForEver: true);
    }

    public void Dispose() => _line.Dispose();

    private void Read(ReachedReader reader, Reached reached)
    {
        _reports.Clear();
        for (int i = 0; i < reached.Nodes.Count; i++)
        {
            (ClusterNode node, NodeReport report) = _byId[(int)reached.Nodes[i].Node];
            report.Now = reader.Now(i);
            report.NextAct = reader.NextAct(i);
            report.HasEnded = reader.HasEnded(i);
            report.Departures.Clear();
            reader.ReadDepartures(i).CopyTo(report.Departures);
            RequireOwnPorts(node, report);
            _line.LastTime = VirtualTime.Max(_line.LastTime, report.Now);
            _reports.Add(report);
        }
    }

    private static void RequireOwnPorts(ClusterNode node, NodeReport report)
    {
        foreach (FrameDeparture departure in report.Departures)
        {
            if (!node.Ports.Contains(departure.Port))
            {
                throw new ProtocolException(
                    1, $"reached.nodes, node {report.Node}",
                    $"frames from port {string.Join(", ", node.Ports)}", $"{departure.Port}");
            }
        }
    }
}
