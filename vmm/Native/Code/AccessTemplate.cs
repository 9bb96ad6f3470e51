using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>What is known statically of one record of a block.</summary>
public struct AccessTemplate
{
    /// <summary>Added to the captured value, or the whole address.</summary>
    public long Displacement;

    /// <summary>Units from the start of the block to the instruction.</summary>
    public uint OffsetUnits;

    /// <summary>Which captured value, or -1.</summary>
    public short Slot;
    public byte Size;
    public MemoryEventKind Kind;
    public GuestSegment Segment;

    /// <summary>The address is cut to 32 bits before the segment base is added.</summary>
    public bool Address32;

    /// <summary>Index of what <see cref="RecordLoop"/> adds for the segment; <see
    /// cref="RecordLoop.SlowBase"/> for a hint or an address cut to 32 bits.</summary>
    public byte FastBase;

    /// <summary>Which tags <see cref="SureHitLoop"/> asks: 0 of loads, 1 of stores, 2 of fetches.
    /// </summary>
    public byte TagTable;

    /// <summary>Where the address comes from, with <see cref="CoreCost.TracksProducers"/>: how
    /// many templates before this one the block's latest load is, 0 if it has none; and registers that the
    /// block found.</summary>
    public short Producer;
    public ushort ProducerRegisters;
}
