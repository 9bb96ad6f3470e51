namespace Dilaton.Core;

/// <summary>An Ethernet frame on its way into a network.</summary>
/// <param name="Time">When its first bit leaves the node's network interface.</param>
/// <param name="Port">The network's port at which the node is.</param>
/// <param name="Frame">Destination, source, type and payload; no preamble, no check sequence.
/// Nobody changes it any more.</param>
public readonly record struct FrameDeparture(
    VirtualTime Time, int Port, ReadOnlyMemory<byte> Frame)
{
    /// <summary>Longest frame, in bytes: a jumbo frame and more.</summary>
    public const int LengthMax = 65_536;
}
