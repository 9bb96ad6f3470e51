using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Where a node stands, and from when on it can meet other rates.</summary>
/// <param name="Known">What tells this place in the node's run from all others: its grant if it has
/// one, else the end of the weave interval for which it stands.</param>
/// <param name="Earliest">The first end of a weave interval that is not before anything that it has
/// done.</param>
public readonly record struct NodeStand(VirtualTime Known, VirtualTime Earliest, bool HasEnded);
