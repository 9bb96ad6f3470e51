namespace Dilaton.Models.Network;

/// <summary>A frame in a network, or one copy of a flooded one.</summary>
/// <param name="Destination">A port, or what <see cref="EthernetFrame"/> says else.</param>
internal readonly record struct FrameSlot(
    ReadOnlyMemory<byte> Frame, ulong Departure, int Destination, uint Flow);
