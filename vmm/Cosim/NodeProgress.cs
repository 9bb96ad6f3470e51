using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>How far a node is, for the live display; each value is recent, the set is not a
/// consistent cut.</summary>
/// <param name="Time">The slowest runnable vCPU's clock.</param>
public readonly record struct NodeProgress(
    VirtualTime Time, ulong Instructions, ulong SystemCalls, bool HasEnded);
