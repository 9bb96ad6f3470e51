using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>Makes our end of a peer.</summary>
internal static class PeerFactory
{
    /// <param name="keys">Of a job on several hosts; else null.</param>
    /// <exception cref="ConfigException">Nothing can listen at the peer's endpoint.</exception>
    public static WirePeer Create(
        Job job,
        PeerJob peer,
        NodeJob node,
        ICacheHierarchy? hierarchy,
        CurveKeys? keys,
        out TimedTransport transport)
    {
        IMessageTransport wire = Transport(peer, keys);
        transport = new TimedTransport(Recorded(peer, node, wire));
        return new WirePeer(
            Options(job, peer, node, hierarchy), transport, wire as OfferedRing);
    }

    /// <summary>The coordinator's end of a network.</summary>
    /// <exception cref="ConfigException">Nothing can listen at the peer's endpoint.</exception>
    public static WireNetwork Network(
        PeerJob peer, Job job, CurveKeys? keys, out TimedTransport transport)
    {
        IMessageTransport wire = Transport(peer, keys);
        transport = new TimedTransport(wire);
        WireNetworkOptions options = new()
        {
            Name = peer.Name,
            Session = job.Name,
            PortCount = job.Nodes.Count,
            Timeout = TimeSpan.FromSeconds(peer.Timeout.Picoseconds / 1e12),
            IsManual = peer.Kind == PeerKind.Manual,
        };
        return new WireNetwork(options, transport, wire as OfferedRing);
    }

    private static WirePeerOptions Options(
        Job job, PeerJob peer, NodeJob node, ICacheHierarchy? hierarchy) => new()
        {
            Name = peer.Name,
            Node = node.Name,
            VcpuCount = node.Cores.Count,
            Frequency = node.Cores.Frequency,
            UnitsPerCycle = node.Cores.Model.Cpi.Denominator,
            LoadHitCycles = hierarchy?.LoadHitCycles ?? 1,
            StoreBufferEntries = node.Cores.Model.StoreBuffer,
            Interval = node.Memory.Peer == peer.Name
                ? JobMapping.OutOfOrder(node.Cores.Model)?.ToParameters(node.Cores.Model.Cpi.Numerator)
                : null,
            PredictsBranches = node.Memory.Peer == peer.Name
                && node.Cores.Model.BranchPredictor != BranchPredictorChoice.None,
            LineSizeBytes = hierarchy?.LineSizeBytes ?? NodeSession.LineBytesDefault,
            MemoryBytes = node.Memory.Size.Bytes,
            MinLatency = peer.MinLatency,
            IntervalsUnderWay = job.Time.Feedback.Intervals + 1,
            Timeout = TimeSpan.FromSeconds(peer.Timeout.Picoseconds / 1e12),
            IsManual = peer.Kind == PeerKind.Manual,
            Windows =
            [
                .. node.Memory.Windows.Where(window => window.Peer == peer.Name)
                    .Select(window => new WirePeerWindow(
                        window.Name,
                        JobMapping.BaseOf(window),
                        window.Size.Bytes,
                        window.Kind == WindowKind.Memory)),
            ],
        };

    private static IMessageTransport Transport(PeerJob peer, CurveKeys? keys)
    {
        try
        {
            return Open(peer, keys);
        }
        catch (TransportException e)
        {
            throw new ConfigException($"peers: '{peer.Name}'", e.Message);
        }
    }

    private static IMessageTransport Open(PeerJob peer, CurveKeys? keys)
    {
        if (peer.Kind == PeerKind.Replay)
        {
            return new ReplayTransport(new WireRecordingReader(File.OpenRead(peer.Config!)));
        }

        if (EndpointAddress.HasOpenPort(peer.Endpoint!))
        {
            return PeerEndpoint.Bind(new ZeroMqContext(), peer.Endpoint!, keys);
        }

        bool isHere = peer.Endpoint!.StartsWith("ipc://", StringComparison.Ordinal);
        IMessageTransport socket = NetMqTransport.IsBuilt && !isHere
            ? NetMqTransport.Bind(peer.Endpoint)
            : PeerEndpoint.Bind(new ZeroMqContext(), peer.Endpoint);
        return isHere && peer.Ring == RingChoice.Auto ? new OfferedRing(socket, peer.Name) : socket;
    }

    private static IMessageTransport Recorded(
        PeerJob peer, NodeJob node, IMessageTransport transport) => peer.Record is { } path
        ? new WireRecorder(
            transport, new WireRecordingWriter(File.Create(path), node.Name))
        : transport;
}
