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

    public ulong BaseProgram { get; init; }

    /// <summary>With the issue set `interval` names of the instructions, from <see cref="BaseProgram"/>; else
    /// empty.</summary>
    public ReadOnlySpan<uint> Programs { get; init; }

    /// <summary>How far back the name of the producer is; 0: there is none.</summary>
    public ReadOnlySpan<uint> Producers { get; init; }

    public WireRecord this[int index]
    {
        get
        {
            var record = new WireRecord(
                BaseUnits + Offsets[index], Lines[index], Cycles[index],
                (MemoryEventKind)(Kinds[index] & RecordColumns.KindMask),
                (Kinds[index] & RecordColumns.BehindCut) != 0);
            if (Programs.IsEmpty)
            {
                return record;
            }

            ulong program = BaseProgram + Programs[index];
            ulong back = Producers[index];
            return record with
            {
                Program = program,
                Producer = back == 0 ? WireRecord.NoProducer : program - back,
            };
        }
    }
}
