using System.Numerics;
using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Reads columns of records that are not trusted. HOT: per record of the wire.</summary>
public static class RecordBlockReader
{
    /// <param name="index">Of the block in its message, for errors.</param>
    /// <param name="lineSizeBytes">A power of two.</param>
    /// <exception cref="ProtocolException">A column lies outside of the payload, or holds what
    /// docs/protocol.md, section 3.2, does not allow.</exception>
    public static RecordBlockView Read(
        RecordBlock block, int index, ReadOnlySpan<byte> payload, int vcpuCount,
        uint lineSizeBytes)
    {
        ArgumentNullException.ThrowIfNull(block);
        Invariant.Require(BitOperations.IsPow2(lineSizeBytes));
        var where = new FieldPath("interval.blocks[]", index);
        if (block.Vcpu >= (uint)vcpuCount)
        {
            PayloadReader.Fail(where, $"a vCPU below {vcpuCount}", $"{block.Vcpu}");
        }

        ReadOnlySpan<byte> rest = PayloadReader.Block(
            payload, block.Offset, (UInt128)RecordColumns.BytesFor(block.Count), where);
        int count = (int)block.Count;
        ReadOnlySpan<uint> offsets = PayloadReader.Column<uint>(ref rest, count, where);
        ReadOnlySpan<uint> cycles = PayloadReader.Column<uint>(ref rest, count, where);
        ReadOnlySpan<ulong> lines = PayloadReader.Column<ulong>(ref rest, count, where);
        ReadOnlySpan<byte> kinds = PayloadReader.Column<byte>(ref rest, count, where);
        var view = new RecordBlockView(
            (int)block.Vcpu, block.BaseUnits, offsets, cycles, lines, kinds);
        Check(view, where, lineSizeBytes);
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

        const byte Allowed = RecordColumns.KindMask | RecordColumns.BehindCut;
        if (!Columns.AreKinds(view.Kinds, Allowed))
        {
            PayloadReader.Fail(
                where, $"kinds 0 to {RecordColumns.KindMax}, bits 4-6 zero", "another");
        }
    }
}
