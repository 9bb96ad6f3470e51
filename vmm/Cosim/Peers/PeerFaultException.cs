namespace Dilaton.Cosim;

/// <summary>A peer died, hangs, or broke the protocol: the run ends at the last completed
/// interval. The message names the peer and what it did.</summary>
public sealed class PeerFaultException : Exception
{
    public PeerFaultException(string message)
        : base(message)
    {
    }

    public PeerFaultException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
