using Dilaton.Core;
using Dilaton.Native;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Writes records as columns. A new block begins where the offset from the first record's
/// position or name would fall or exceed 32 bits. HOT: per record of the wire.</summary>
public sealed class RecordBlockWriter
{
    private readonly PayloadBuffer _payload;
    private readonly bool _hasProgram;
    private readonly List<RecordBlock> _pool = [];
    private int _used;

    /// <param name="hasProgram">The issue set is `interval`: names and producers go along.</param>
    public RecordBlockWriter(PayloadBuffer payload, bool hasProgram = false)
    {
        _payload = payload;
        _hasProgram = hasProgram;
    }

    /// <summary>Forgets the blocks; those of a message already made are used again.</summary>
    public void Clear() => _used = 0;

    /// <summary>Writes records of one vCPU, in program order.</summary>
    /// <param name="blocks">Receives what describes them.</param>
    public void Write(
        int vcpu, ReadOnlySpan<WireRecord> records, ICollection<RecordBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        while (!records.IsEmpty)
        {
            int count = CountOfBlock(records);
            RecordBlock block = Take();
            block.Vcpu = (uint)vcpu;
            block.Count = (uint)count;
            block.BaseUnits = records[0].PositionUnits;
            block.BaseProgram = _hasProgram ? records[0].Program : 0;
            block.Offset = WriteColumns(records[..count]);
            blocks.Add(block);
            records = records[count..];
        }
    }

    private int CountOfBlock(ReadOnlySpan<WireRecord> records)
    {
        ulong start = records[0].PositionUnits;
        ulong program = records[0].Program;
        ulong last = start;
        int max = Math.Min(records.Length, RecordColumns.RecordsMax);
        for (int i = 1; i < max; i++)
        {
            ulong position = records[i].PositionUnits;
            if (position < last || position - start > uint.MaxValue
                || (_hasProgram && records[i].Program - program > uint.MaxValue))
            {
                return i;
            }

            last = position;
        }

        return max;
    }

    private ulong WriteColumns(ReadOnlySpan<WireRecord> records)
    {
        int count = records.Length;
        int bytes = checked((int)RecordColumns.BytesFor(count, _hasProgram));
        Span<byte> block = _payload.Append(bytes, out ulong offset);
        int quads = PayloadBuffer.Pad(count * sizeof(uint));
        Span<byte> offsetBytes = block[..quads];
        Span<byte> cycleBytes = block.Slice(quads, quads);
        Span<ulong> lines = Blittable.Cast<ulong>(block.Slice(2 * quads, count * sizeof(ulong)));
        Span<byte> kinds = block.Slice(
            (2 * quads) + (count * sizeof(ulong)), PayloadBuffer.Pad(count));

        // What pads a column, if anything, lies in its last eight bytes.
        offsetBytes[^8..].Clear();
        cycleBytes[^8..].Clear();
        kinds[^8..].Clear();
        Fill(
            records, Blittable.Cast<uint>(offsetBytes)[..count],
            Blittable.Cast<uint>(cycleBytes)[..count], lines, kinds[..count]);
        if (_hasProgram)
        {
            FillProgram(records, block[^(2 * quads)..^quads], block[^quads..]);
        }

        return offset;
    }

    private static void FillProgram(
        ReadOnlySpan<WireRecord> records, Span<byte> programBytes, Span<byte> producerBytes)
    {
        programBytes[^8..].Clear();
        producerBytes[^8..].Clear();
        Span<uint> programs = Blittable.Cast<uint>(programBytes);
        Span<uint> producers = Blittable.Cast<uint>(producerBytes);
        ulong start = records[0].Program;
        for (int i = 0; i < records.Length; i++)
        {
            ref readonly WireRecord record = ref records[i];
            programs[i] = (uint)(record.Program - start);
            producers[i] = Back(record);
        }
    }

    /// <summary>How far back the producer is. One that is further back than any window is none.</summary>
    private static uint Back(in WireRecord record)
    {
        if (record.Producer == WireRecord.NoProducer)
        {
            return 0;
        }

        Invariant.Require(record.Producer < record.Program);
        ulong back = record.Program - record.Producer;
        return back > ProtocolLimits.WindowUnitsMax ? 0 : (uint)back;
    }

    private static void Fill(
        ReadOnlySpan<WireRecord> records, Span<uint> offsets, Span<uint> cycles,
        Span<ulong> lines, Span<byte> kinds)
    {
        ulong start = records[0].PositionUnits;
        for (int i = 0; i < records.Length; i++)
        {
            ref readonly WireRecord record = ref records[i];
            offsets[i] = (uint)(record.PositionUnits - start);
            cycles[i] = record.Cycles;
            lines[i] = record.Line;
            kinds[i] = (byte)((byte)record.Kind
                | (record.BehindCut ? RecordColumns.BehindCut : 0));
        }
    }

    private RecordBlock Take()
    {
        if (_used == _pool.Count)
        {
            _pool.Add(new RecordBlock());
        }

        return _pool[_used++];
    }
}
