namespace Dilaton.Models.Network;

/// <summary>A frame in a network, or one copy of it.</summary>
/// <param name="Destination">A port, or what <see cref="EthernetFrame"/> says else.</param>
/// <param name="At">When its next event is.</param>
/// <param name="Source">The event's.</param>
/// <param name="Serial">Of the frames of a network; 0: the slot is free.</param>
/// <param name="Origin">In an overlay: what all copies of one frame share.</param>
/// <param name="Hops">In an overlay: edges that it has crossed.</param>
internal readonly record struct FrameSlot(
    ReadOnlyMemory<byte> Frame, ulong Departure, int Destination, uint Flow, ulong At, int Source,
    ulong Serial, int Origin = 0, int Hops = 0);
