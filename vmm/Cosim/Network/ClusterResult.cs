using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a cluster's run came to; each node has its own result.</summary>
/// <param name="Time">Virtual time of the last act of any node.</param>
/// <param name="Waiting">Nodes that waited for ever, by number.</param>
public sealed record ClusterResult(
    ClusterEnd End, VirtualTime Time, IReadOnlyList<int> Waiting);
