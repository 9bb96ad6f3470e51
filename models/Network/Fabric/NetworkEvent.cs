namespace Dilaton.Models.Network;

/// <summary>A frame stands at an output. Order is (Time, Source, Sequence), which is total.</summary>
/// <param name="Source">A node's port, or the number of ports + the link it came over.</param>
/// <param name="Sequence">Tells events of one time and source apart.</param>
/// <param name="Slot">The frame's place in the <see cref="FrameStore"/>.</param>
internal readonly record struct NetworkEvent(ulong Time, int Source, uint Sequence, int Slot)
{
    public bool IsBefore(in NetworkEvent other) =>
        Time != other.Time ? Time < other.Time
        : Source != other.Source ? Source < other.Source
        : Sequence < other.Sequence;
}
