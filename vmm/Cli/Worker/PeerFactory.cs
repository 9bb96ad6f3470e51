using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>Makes the worker's end of a peer.</summary>
internal static class PeerFactory
{
    public static WirePeer Create(PeerJob peer, NodeJob node, ICacheHierarchy hierarchy) => new(
        new WirePeerOptions
        {
            Name = peer.Name,
            Node = node.Name,
            VcpuCount = node.Cores.Count,
            Frequency = node.Cores.Frequency,
            UnitsPerCycle = node.Cores.Model.Cpi.Denominator,
            LoadHitCycles = hierarchy.LoadHitCycles,
            StoreBufferEntries = node.Cores.Model.StoreBuffer,
            LineSizeBytes = hierarchy.LineSizeBytes,
            MemoryBytes = node.Memory.Size.Bytes,
            MinLatency = peer.MinLatency,
            Timeout = TimeSpan.FromSeconds(peer.Timeout.Picoseconds / 1e12),
            IsManual = peer.Kind == PeerKind.Manual,
        },
        PeerEndpoint.Bind(new ZeroMqContext(), peer.Endpoint!));
}
