namespace Dilaton.Core;

/// <summary>An Ethernet frame that a network hands over.</summary>
/// <param name="Time">When its last bit has come to the node's network interface.</param>
/// <param name="Port">The network's port at which the node is.</param>
/// <param name="Frame">As it was sent. Nobody changes it any more.</param>
public readonly record struct FrameArrival(
    VirtualTime Time, int Port, ReadOnlyMemory<byte> Frame);
