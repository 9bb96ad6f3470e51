using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>A block of records in a payload, checked. Valid as long as the payload is.</summary>
public readonly ref struct RecordBlockView
{
    internal RecordBlockView(
        int vcpu, ulong baseUnits, ReadOnlySpan<uint> offsets, ReadOnlySpan<uint> cycles,
        ReadOnlySpan<ulong> lines, ReadOnlySpan<byte> kinds)
    {
        Vcpu = vcpu;
        BaseUnits = baseUnits;
        Offsets = offsets;
        Cycles = cycles;
        Lines = lines;
        Kinds = kinds;
    }

    public int Vcpu { get; }

    public ulong BaseUnits { get; }

    public int Count => Lines.Length;

    /// <summary>Positions in units, from <see cref="BaseUnits"/>.</summary>
    public ReadOnlySpan<uint> Offsets { get; }

    public ReadOnlySpan<uint> Cycles { get; }

    public ReadOnlySpan<ulong> Lines { get; }

    /// <summary>As on the wire: bits 0-3 a <see cref="MemoryEventKind"/>, bit 7 behind the cut.
    /// </summary>
    public ReadOnlySpan<byte> Kinds { get; }

    public WireRecord this[int index] => new(
        BaseUnits + Offsets[index], Lines[index], Cycles[index],
        (MemoryEventKind)(Kinds[index] & RecordColumns.KindMask),
        (Kinds[index] & RecordColumns.BehindCut) != 0);
}
