using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What times a node's misses from outside of the worker: it issues them itself, with an
/// issue engine of its own, and tells per interval what became of them (docs/protocol.md, section
/// 4).</summary>
public interface IIntervalPeer
{
    /// <summary>No answer comes sooner than this after its request.</summary>
    VirtualDuration MinLatency { get; }

    /// <summary>Hands over an interval; several may be under way. The batch may be used again.
    /// </summary>
    /// <exception cref="PeerFaultException">The peer is gone.</exception>
    void Send(IntervalBatch batch);

    /// <summary>Waits for the report of the first interval under way.</summary>
    /// <returns>Valid until the next call.</returns>
    /// <exception cref="PeerFaultException">The peer is gone, or says what can't be.</exception>
    IntervalReport Receive();

    /// <summary>Whether it is still there, while nothing is asked of it. Cheap.</summary>
    /// <exception cref="PeerFaultException">It is gone.</exception>
    void RequireAlive();

    /// <summary>Asks the peer to write or forget its own statistics, while no interval is under
    /// way.</summary>
    /// <param name="label">What the peer calls what it writes.</param>
    void Statistics(bool dump, bool reset, VirtualTime time, string label);
}
