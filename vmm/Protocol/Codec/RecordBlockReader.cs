using System.Numerics;
using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Reads columns of records that are not trusted. HOT: per record of the wire.</summary>
public static class RecordBlockReader
{
    /// <param name="index">Of the block in its message, for errors.</param>
    /// <param name="lineSizeBytes">A power of two.</param>
    /// <param name="hasProgram">The issue set is `interval`.</param>
    /// <exception cref="ProtocolException">A column lies outside of the payload, or holds what
    /// docs/protocol.md, section 3.2, does not allow.</exception>
    public static RecordBlockView Read(
        RecordBlock block, int index, ReadOnlySpan<byte> payload, int vcpuCount,
        uint lineSizeBytes, bool hasProgram = false)
    {
        ArgumentNullException.ThrowIfNull(block);
        Invariant.Require(BitOperations.IsPow2(lineSizeBytes));
        var where = new FieldPath("interval.blocks[]", index);
        if (block.Vcpu >= (uint)vcpuCount)
        {
            PayloadReader.Fail(where, $"a vCPU below {vcpuCount}", $"{block.Vcpu}");
        }

        ReadOnlySpan<byte> rest = PayloadReader.Block(
            payload, block.Offset, (UInt128)RecordColumns.BytesFor(block.Count, hasProgram), where);
        int count = (int)block.Count;
        ReadOnlySpan<uint> offsets = PayloadReader.Column<uint>(ref rest, count, where);
        ReadOnlySpan<uint> cycles = PayloadReader.Column<uint>(ref rest, count, where);
        ReadOnlySpan<ulong> lines = PayloadReader.Column<ulong>(ref rest, count, where);
        ReadOnlySpan<byte> kinds = PayloadReader.Column<byte>(ref rest, count, where);
        var view = new RecordBlockView(
            (int)block.Vcpu, block.BaseUnits, offsets, cycles, lines, kinds)
        {
            BaseProgram = block.BaseProgram,
            Programs = hasProgram ? PayloadReader.Column<uint>(ref rest, count, where) : [],
            Producers = hasProgram ? PayloadReader.Column<uint>(ref rest, count, where) : [],
        };
        Check(view, where, lineSizeBytes);
        CheckKinds(view.Kinds, where, hasProgram);
        CheckProgram(view, where);
        return view;
    }

    private static void Check(in RecordBlockView view, FieldPath where, uint lineSizeBytes)
    {
        if (view.Count > 0 && view.BaseUnits > ulong.MaxValue - view.Offsets[^1])
        {
            PayloadReader.Fail(where, "positions below 2^64", $"{view.BaseUnits}");
        }

        if (Columns.Falls(view.Offsets))
        {
            PayloadReader.Fail(where, "offsets that do not fall", "one that does");
        }

        if (Columns.HasAnyBit(view.Lines, lineSizeBytes - 1))
        {
            PayloadReader.Fail(
                where, $"lines at multiples of {lineSizeBytes}", "one that is not");
        }

    }

    private static void CheckKinds(ReadOnlySpan<byte> kinds, FieldPath where, bool hasProgram)
    {
        const byte Allowed = RecordColumns.KindMask | RecordColumns.BehindCut;
        if (!Columns.AreKinds(kinds, Allowed, RecordColumns.Mispredict)
            || (!hasProgram && kinds.Contains(RecordColumns.Drain)))
        {
            PayloadReader.Fail(
                where,
                $"kinds 0 to {RecordColumns.KindMax} or {RecordColumns.Mispredict}"
                    + (hasProgram ? $", or {RecordColumns.Drain}" : "") + ", bits 4-6 zero",
                "another");
        }

        if (kinds.IndexOfAny(
            (byte)(RecordColumns.Drain | RecordColumns.BehindCut),
            (byte)(RecordColumns.Mispredict | RecordColumns.BehindCut)) >= 0)
        {
            PayloadReader.Fail(where, "a drain or misprediction in front of the cut", "one behind it");
        }
    }

    private static void CheckProgram(in RecordBlockView view, FieldPath where)
    {
        for (int i = 0; i < view.Programs.Length; i++)
        {
            ulong program = view.BaseProgram + view.Programs[i];
            if (program < view.BaseProgram)
            {
                PayloadReader.Fail(where, "names below 2^64", $"{view.BaseProgram}");
            }

            if (view.Producers[i] > program)
            {
                PayloadReader.Fail(where, $"a producer at most {program} before", $"{view.Producers[i]}");
            }
        }
    }
}
