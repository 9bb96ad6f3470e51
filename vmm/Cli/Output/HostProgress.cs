namespace Dilaton.Cli;

/// <summary>How far a node is at some moment of host time, and what was waited for so far.</summary>
/// <param name="PeerWaitSeconds">For which its worker waited for its peers.</param>
/// <param name="AwaitedSeconds">For which the network's coordinator waited for its worker.</param>
internal readonly record struct HostProgress(
    ulong TimePs, ulong Instructions, double PeerWaitSeconds, double AwaitedSeconds, bool IsOver);
